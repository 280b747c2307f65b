"""What follows from a call that is over: its words can be searched for, from the moment it is stored."""

from collections import defaultdict

from sqlalchemy import and_, select

from app.core.announcements import listens
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.calls.search_texts import write_call_texts
from app.events import CallAnalyzed, CallEnded, CallHappening
from app.models import Call, Customer, Turn


@listens(CallEnded, CallAnalyzed, when="before_commit")
def write_search_texts(events: list[CallHappening]) -> None:
    calls: dict[str, set[str]] = defaultdict(set)
    for happened in events:
        calls[happened.company_id].add(happened.call_id)
    for company_id in sorted(calls):
        with company_scope(company_id):
            _write(calls[company_id])


def _write(call_ids: set[str]) -> None:
    """In two questions, however many calls there are."""
    spoken: dict[str, list[str]] = defaultdict(list)
    turns = select(Turn.call_id, Turn.text).where(Turn.call_id.in_(call_ids)).order_by(Turn.call_id, Turn.position)
    for call_id, text in db.session.execute(turns):
        spoken[call_id].append(text)
    calls = (
        select(Call, Customer.name)
        .outerjoin(Customer, and_(Customer.company_id == Call.company_id, Customer.id == Call.customer_id))
        .where(Call.id.in_(call_ids))
        .order_by(Call.id)
    )
    write_call_texts([(call, spoken[call.id], name) for call, name in db.session.execute(calls)])
