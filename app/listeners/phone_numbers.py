"""Clears the number cache and wakes the inbox when a phone number changes its owner."""

from app.core.event_bus import subscribe
from app.domain.companies.number_lookup import CACHE
from app.events import PhoneNumberChanged, WebhookEventsReleased
from app.jobs import inbox


@subscribe(PhoneNumberChanged, when="after_commit")
def clear_number_cache(_events: list[PhoneNumberChanged]) -> None:
    CACHE.forget()


@subscribe(WebhookEventsReleased, when="after_commit")
def wake_inbox(_events: list[WebhookEventsReleased]) -> None:
    inbox.wake()
