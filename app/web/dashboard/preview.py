"""What would it say? A caller, a number, a moment and a question: the answer that a call would get, and why, with nothing written."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.agents import toolbox
from app.domain.agents.previewing import RINGING, Asked, Told, preview
from app.domain.agents.tools import TOOLS
from app.models import Branch, PhoneNumber
from app.web.dashboard.booking_access import time_from_form
from app.web.guards import for_company
from app.web.preview_words import FIELDS, QUESTIONS
from app.web.settings.filling import errors_of

MOST = 100
LONGEST = 500

blueprint = Blueprint("preview", __name__)


@blueprint.get("/preview")
@for_company("agents.preview")
def index() -> str:
    """The empty form, or one that another page has begun: ?name=check_availability&service=…&date=…&time=…"""
    return _page(request.args, None, {})


@blueprint.post("/preview")
@for_company("agents.preview")
def ask() -> Any:
    try:
        told = preview(_asked())
    except InvalidInput as error:
        wrong = errors_of(error)
        return _page(request.form, None, wrong | {"clock": wrong.get("time", "")}), 422
    return _page(request.form, told, {})


def _asked() -> Asked:
    form, name = request.form, request.form.get("name", RINGING)
    if name != RINGING and toolbox.find_tool(name) is None:
        raise InvalidInput(_("Diese Frage gibt es nicht."), fields={"name": _("Bitte wählen Sie aus der Liste.")})
    number = next((number for number in _numbers() if number.id == form.get("number_id")), None)
    if number is None:
        raise InvalidInput(_("Diese Nummer gibt es hier nicht."), fields={"number_id": _("Bitte wählen Sie eine Ihrer Nummern.")})
    given = {field: value for field in _fields(name) if (value := form.get(f"{name}.{field}", "").strip()[:LONGEST])}
    return Asked(
        number.id, None if form.get("withheld") else form.get("caller", "").strip()[:40] or None, name, given, _moment(number.zone),
        language="en" if form.get("language") == "en" else None,
    )  # fmt: skip


def _moment(zone: str) -> datetime | None:
    """The moment that is played, on the branch's clocks; none is now."""
    if not request.form.get("day"):
        return None
    return time_from_form(request.form["day"], request.form.get("clock") or "10:00", zone)


def _fields(name: str) -> list[str]:
    return list(TOOLS[name].arguments.model_fields) if name in TOOLS else []


def _numbers() -> list[SimpleNamespace]:
    wanted = select(PhoneNumber.id, PhoneNumber.e164, Branch.name, Branch.zone).join(Branch, Branch.id == PhoneNumber.branch_id)
    rows = db.session.execute(wanted.order_by(Branch.name, PhoneNumber.e164).limit(MOST)).all()
    return [SimpleNamespace(id=row.id, e164=row.e164, branch=row.name, zone=row.zone) for row in rows]


def _page(form: Any, told: Told | None, errors: dict[str, str]) -> str:
    toolbox.find_tool(RINGING)
    name = form.get("name", RINGING)
    values = {field: value for field, value in form.items() if field != "csrf_token"}
    # a link that begins the form names the fields as the function does
    values |= {f"{name}.{field}": form[field] for field in _fields(name) if field in form}
    return render_template(
        "dashboard/preview.html",
        numbers=_numbers(),
        questions=[(key, QUESTIONS.get(key, key)) for key in (RINGING, *sorted(TOOLS, key=lambda key: str(QUESTIONS.get(key, key))))],
        forms=[(key, [(field, FIELDS.get(field, field)) for field in _fields(key)]) for key in sorted(TOOLS)],
        name=name if name in TOOLS else RINGING,
        values=values,
        errors=errors,
        told=told,
        data=current_app.json.dumps(told.data, indent=2, ensure_ascii=False) if told else "",
    )
