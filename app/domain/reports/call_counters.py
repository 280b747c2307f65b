"""Keeps the hourly and daily counts consistent with the calls: changes are published and written in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, inspect, select
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.core.event_bus import publish
from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.events import CallStatsDelta
from app.models.branch import Branch
from app.models.call import Call
from app.models.call_stats import RUNNING_OUTCOME, CallDay, CallHour


@dataclass(frozen=True, slots=True)
class CountedCall:
    """The statistics cell that counts a call."""

    branch_id: str
    started_at: datetime
    outcome: str
    seconds: int


def to_counted(call: Call) -> CountedCall | None:
    """The statistics cell of the call in its current state; None for line checks."""
    if call.is_test:
        return None
    outcome = call.outcome or (RUNNING_OUTCOME if call.is_running else "unknown")
    return CountedCall(call.branch_id, call.started_at, outcome, call.duration_s or 0)


def count_call(call: Call, before: CountedCall | None) -> None:
    """Publish the change of the counts by this call; `before` is its `to_counted` before the change, None for a new call.

    Publishes nothing without a change, so that applying an event again does not count twice.
    """
    after = to_counted(call)
    if after == before:
        return
    for counted, sign in ((before, -1), (after, 1)):
        if counted is not None:
            publish(CallStatsDelta(call.company_id, counted.branch_id, counted.started_at, counted.outcome, sign, sign * counted.seconds))


def apply_changes(counted: Iterable[CallStatsDelta]) -> None:
    """Add the published changes to the counts, one row each, in a fixed order, so that parallel workers do not deadlock."""
    with unscoped():
        hours = _group_by_hour(list(counted))
        for table, rows in ((CallHour, hours), (CallDay, _group_by_day(hours))):
            if rows:
                db.session.execute(_build_upsert(table), rows)


def rebuild_stats(company_id: str, *, first: date, last: date) -> None:
    """Recount the company's calls of these days (in each branch's time zone)."""
    with company_scope(company_id):
        since, until = _to_instant(first) - timedelta(days=1), _to_instant(last) + timedelta(days=2)
        calls = db.session.scalars(select(Call).where(Call.started_at.between(since, until)).execution_options(yield_per=1000))
        changes = [CallStatsDelta(company_id, c.branch_id, c.started_at, c.outcome, 1, c.seconds) for c in map(to_counted, calls) if c]
        hours = [row for row in _group_by_hour(changes) if first <= row["day"] <= last]
        for table, rows in ((CallHour, hours), (CallDay, _group_by_day(hours))):
            db.session.execute(delete(table).where(table.day.between(first, last)).execution_options(synchronize_session=False))
            if rows:
                db.session.execute(insert(table), rows)


def _group_by_hour(changes: list[CallStatsDelta]) -> list[dict[str, Any]]:
    zones = _load_zones({change.branch_id for change in changes})
    sums: dict[tuple[str, str, date, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for change in changes:
        local = change.started_at.astimezone(zones[change.branch_id])
        total = sums[change.company_id, change.branch_id, local.date(), local.hour, change.outcome]
        total[0] += change.calls
        total[1] += change.seconds
    return [
        {"company_id": company, "branch_id": branch, "day": day, "hour": hour, "outcome": outcome, "calls": calls, "seconds": seconds}
        for (company, branch, day, hour, outcome), (calls, seconds) in sorted(sums.items())
        if calls or seconds
    ]


def _group_by_day(hours: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same by days."""
    sums: dict[tuple[str, str, date, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in hours:
        total = sums[row["company_id"], row["branch_id"], row["day"], row["outcome"]]
        total[0] += row["calls"]
        total[1] += row["seconds"]
    return [
        {"company_id": company, "branch_id": branch, "day": day, "outcome": outcome, "calls": calls, "seconds": seconds}
        for (company, branch, day, outcome), (calls, seconds) in sorted(sums.items())
        if calls or seconds
    ]


def _load_zones(branch_ids: set[str]) -> dict[str, ZoneInfo]:
    rows = db.session.execute(select(Branch.id, Branch.timezone).where(Branch.id.in_(branch_ids)))
    return {branch_id: ZoneInfo(timezone) for branch_id, timezone in rows}


def _build_upsert(table: type[CallHour] | type[CallDay]) -> Any:
    if db.engine.dialect.name == "sqlite":
        row = sqlite_insert(table)
        sums = {"calls": table.calls + row.excluded.calls, "seconds": table.seconds + row.excluded.seconds}
        return row.on_conflict_do_update(index_elements=[column.name for column in inspect(table).primary_key], set_=sums)
    line = mysql_insert(table)
    return line.on_duplicate_key_update(calls=table.calls + line.inserted.calls, seconds=table.seconds + line.inserted.seconds)


def _to_instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
