"""Lists the outboxes with what waits in each of them: due now, and scheduled for a later try."""

from dataclasses import dataclass

from app.core.outbox import Backlog, Outbox
from app.domain.agents.provisioning import workflow
from app.domain.calendar_sync import state
from app.domain.notifications import delivery
from app.domain.privacy import provider_deletion

OUTBOXES: dict[str, Outbox] = {
    "messages": delivery.OUTBOX,
    "calendars": state.OUTBOX,
    "deletions": provider_deletion.OUTBOX,
    "agents": workflow.OUTBOX,
}


@dataclass(frozen=True, slots=True)
class OutboxState:
    name: str
    backlog: Backlog


def list_outboxes() -> list[OutboxState]:
    """In the order in which the sweep serves them; inside unscoped()."""
    return [OutboxState(name, outbox.backlog()) for name, outbox in OUTBOXES.items()]
