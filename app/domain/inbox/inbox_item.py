"""An event of the inbox on its way through: what it says, whose it is, and what became of it."""

from dataclasses import dataclass
from typing import Any, Protocol

from app.models import WebhookEvent


class Owner(Protocol):
    """Whose the event is; each kind of webhook knows more beside."""

    @property
    def company_id(self) -> str: ...


@dataclass(slots=True)
class Read:
    """An event of the inbox and what it says, or why it cannot be read."""

    row: WebhookEvent
    # a CallEvent or a CalendarEvent, as the provider's webhooks are about
    event: Any = None
    match: Owner | None = None
    cached: bool = False
    # why it does not belong to anybody yet, or will not be applied
    status: str = "handled"
    reason: str | None = None

    def set_aside(self, reason: str) -> None:
        """It belongs to nobody yet."""
        self.status, self.reason, self.match = "unassigned", reason, None

    def ignore(self, reason: str) -> None:
        """There is nothing to do about it."""
        self.status, self.reason = "ignored", reason
