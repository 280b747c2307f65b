"""A webhook event while it is processed: its content, its owner, its result."""

from dataclasses import dataclass
from typing import Any, Protocol

from app.models import WebhookEvent


class EventOwner(Protocol):
    """The company that an event belongs to; each kind of webhook adds its own fields."""

    @property
    def company_id(self) -> str: ...


@dataclass(slots=True)
class InboxItem:
    """A row of the inbox with its parsed event, or the reason why it is not applied."""

    row: WebhookEvent
    # a CallEvent or a CalendarEvent, by the kind of the provider
    event: Any = None
    match: EventOwner | None = None
    cached: bool = False
    # handled, unassigned, ignored, dead; and the reason of the last three
    status: str = "handled"
    reason: str | None = None

    def mark_unassigned(self, reason: str) -> None:
        """No company owns it yet."""
        self.status, self.reason, self.match = "unassigned", reason, None

    def ignore(self, reason: str) -> None:
        """It changes nothing here."""
        self.status, self.reason = "ignored", reason
