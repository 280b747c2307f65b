"""Answers what people write, as soon as it is stored."""

from collections.abc import Sequence

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.events import InboundMessageStored
from app.jobs.replies import answer_message


@subscribe(InboundMessageStored, when="before_commit")
def answer_stored(events: Sequence[InboundMessageStored]) -> None:
    for event in events:
        with company_scope(event.company_id):
            answer_message.enqueue(event.message_id)
