"""What follows when a number changes hands: cached answers are forgotten, waiting events are worked through."""

from app.core.event_bus import subscribe
from app.domain.companies.number_lookup import CACHE
from app.events import PhoneNumberChanged, WebhookEventsReleased
from app.jobs import inbox


@subscribe(PhoneNumberChanged, when="after_commit")
def forget_cached_numbers(_events: list[PhoneNumberChanged]) -> None:
    CACHE.forget()


@subscribe(WebhookEventsReleased, when="after_commit")
def wake_the_inbox(_events: list[WebhookEventsReleased]) -> None:
    inbox.wake()
