"""What follows when a number changes hands: cached answers are forgotten, waiting events are worked through."""

from app.core.event_bus import listens
from app.domain.companies.number_lookup import CACHE
from app.events import EventsReleased, NumberChanged
from app.jobs import inbox


@listens(NumberChanged, when="after_commit")
def forget_cached_numbers(_events: list[NumberChanged]) -> None:
    CACHE.forget()


@listens(EventsReleased, when="after_commit")
def wake_the_inbox(_events: list[EventsReleased]) -> None:
    inbox.wake()
