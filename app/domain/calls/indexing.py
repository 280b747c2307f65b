"""Keeps the words of finished calls where the full-text search finds them."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.models import Call, CallText, Customer, Turn

LONGEST_TEXT = 200_000


def index_calls(company_id: str, call_ids: Collection[str]) -> None:
    """Writes down who called, what it was about and what was said; again when more is known of a call."""
    with company_scope(company_id):
        spoken: dict[str, list[str]] = defaultdict(list)
        turns = select(Turn.call_id, Turn.text).where(Turn.call_id.in_(call_ids)).order_by(Turn.call_id, Turn.position)
        for call_id, text in db.session.execute(turns):
            spoken[call_id].append(text)
        facts = (
            select(Call.id, Customer.name, Call.summary)
            .outerjoin(Customer, and_(Customer.company_id == Call.company_id, Customer.id == Call.customer_id))
            .where(Call.id.in_(call_ids))
            .order_by(Call.id)
        )
        texts = {
            row.id: "\n".join(filter(None, (row.name, row.summary, *spoken[row.id])))[:LONGEST_TEXT] for row in db.session.execute(facts)
        }
        rows = [{"company_id": company_id, "call_id": call_id, "text": text} for call_id, text in texts.items() if text]
        if rows:
            db.session.execute(_writing(), rows)


def _writing() -> Any:
    if db.engine.dialect.name == "sqlite":
        writing = sqlite_insert(CallText)
        return writing.on_conflict_do_update(index_elements=["company_id", "call_id"], set_={"text": writing.excluded.text})
    writing = mysql_insert(CallText)
    return writing.on_duplicate_key_update(text=writing.inserted.text)
