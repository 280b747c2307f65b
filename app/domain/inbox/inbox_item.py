"""A webhook event while it is processed: its content, its owner, its result."""

from dataclasses import dataclass
from datetime import timedelta
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
    # handled, unassigned, ignored, dead, pending; and the reason of all but the first
    status: str = "handled"
    reason: str | None = None
    # of a pending one
    retry_in: timedelta = timedelta(0)
    # whose number was dialled, where the event is not applied
    number_company_id: str | None = None

    @property
    def company_id(self) -> str | None:
        return self.match.company_id if self.match else self.number_company_id

    def mark_unassigned(self, reason: str, *, number_company_id: str | None = None) -> None:
        """It is applied to no company yet."""
        self.status, self.reason, self.match, self.number_company_id = "unassigned", reason, None, number_company_id

    def postpone(self, delay: timedelta, reason: str) -> None:
        """What it is about does not exist yet; it is processed again after the delay."""
        self.status, self.retry_in, self.reason = "pending", delay, reason

    def ignore(self, reason: str) -> None:
        """It changes nothing here."""
        self.status, self.reason = "ignored", reason
