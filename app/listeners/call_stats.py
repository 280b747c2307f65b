"""What follows from counted calls: the hourly counts, written in the transaction that changed the calls."""

from app.core.event_bus import listens
from app.domain.reports import call_stats
from app.events import CallCounted


@listens(CallCounted, when="before_commit")
def write_counts(events: list[CallCounted]) -> None:
    call_stats.write(events)
