"""Updates the search index in the transaction that stores an ended call."""

from collections import defaultdict

from sqlalchemy import and_, select

from app.core.event_bus import subscribe
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.calls.search_index import update_search_texts
from app.events import CallAnalyzed, CallEnded, CallEventBase
from app.models import Call, Customer, Turn


@subscribe(CallEnded, CallAnalyzed, when="before_commit")
def update_search_index(events: list[CallEventBase]) -> None:
    """Index the calls of all events in two queries, over all companies."""
    call_ids = {event.call_id for event in events}
    texts: dict[str, list[str]] = defaultdict(list)
    calls = select(Call, Customer.name).outerjoin(Customer, and_(Customer.company_id == Call.company_id, Customer.id == Call.customer_id))
    turns = select(Turn.call_id, Turn.text).join(Call, and_(Call.company_id == Turn.company_id, Call.id == Turn.call_id))
    with unscoped():
        for call_id, text in db.session.execute(turns.where(Call.id.in_(call_ids)).order_by(Turn.call_id, Turn.position)):
            texts[call_id].append(text)
        rows = db.session.execute(calls.where(Call.id.in_(call_ids)).order_by(Call.id))
        update_search_texts([(call, texts[call.id], name) for call, name in rows])
