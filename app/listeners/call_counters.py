"""Updates hourly call statistics in the transaction that changed the calls."""

from app.core.event_bus import subscribe
from app.domain.reports import call_counters
from app.events import CallStatsDelta


@subscribe(CallStatsDelta, when="before_commit")
def update_call_stats(events: list[CallStatsDelta]) -> None:
    call_counters.apply_changes(events)
