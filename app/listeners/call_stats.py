"""What follows from counted calls: the hourly counts, written in the transaction that changed the calls."""

from app.core.event_bus import subscribe
from app.domain.reports import call_stats
from app.events import CallStatsChanged


@subscribe(CallStatsChanged, when="before_commit")
def write_counts(events: list[CallStatsChanged]) -> None:
    call_stats.write(events)
