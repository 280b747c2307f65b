"""Lists the outboxes with their open rows: due now, and scheduled for a later try."""

from dataclasses import dataclass

from app.core.outbox import Backlog, Outbox
from app.domain.agents.provisioning import workflow
from app.domain.calendar_sync import state
from app.domain.notifications import account_mail_delivery, delivery
from app.domain.privacy import refused_call_deletion
from app.domain.replies import outbox as replies
from app.domain.staff_notices import push_delivery

OUTBOXES: dict[str, Outbox] = {
    "replies": replies.OUTBOX,
    "messages": delivery.OUTBOX,
    "account_mails": account_mail_delivery.OUTBOX,
    "pushes": push_delivery.OUTBOX,
    "calendars": state.OUTBOX,
    "deletions": refused_call_deletion.OUTBOX,
    "agents": workflow.OUTBOX,
}


@dataclass(frozen=True, slots=True)
class OutboxBacklog:
    name: str
    backlog: Backlog


def list_outboxes() -> list[OutboxBacklog]:
    """In the order in which the sweep serves them; inside unscoped()."""
    return [OutboxBacklog(name, outbox.backlog()) for name, outbox in OUTBOXES.items()]
