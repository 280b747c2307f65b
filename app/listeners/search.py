"""What follows from a call that is over: its words can be searched for, from the moment it is stored."""

from collections import defaultdict

from app.core.announcements import listens
from app.domain.calls.indexing import index_calls
from app.events import CallAnalyzed, CallEnded, CallHappening


@listens(CallEnded, CallAnalyzed, when="before_commit")
def index_finished_calls(events: list[CallHappening]) -> None:
    calls: dict[str, set[str]] = defaultdict(set)
    for happened in events:
        calls[happened.company_id].add(happened.call_id)
    for company_id in sorted(calls):
        index_calls(company_id, calls[company_id])
