"""The page that tries the agent's functions by hand."""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from markupsafe import escape

from app.domain.agents.tools.registry import TOOLS
from app.models import Company
from app.web.tool_labels import TOOL_LABELS
from tests.support.agent_call import make_salon_with_numbers
from tests.support.users import make_user, signed_in


def test_every_function_is_offered_as_its_question(app: Flask, db: SQLAlchemy) -> None:
    owner = signed_in(app, make_user(db.session.get_one(Company, make_salon_with_numbers().company_id), "owner"))
    page = owner.get("/preview").text
    with app.test_request_context():
        questions = {name: str(escape(TOOL_LABELS[name].question or "-")) for name in TOOLS}
    assert [name for name, question in questions.items() if f'value="{name}"' not in page or question not in page] == []
    assert "Das Telefon klingelt" in page
