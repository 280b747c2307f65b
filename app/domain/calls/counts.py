"""Count calls: row by row for small results, from daily statistics for large ones."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from app.core.extensions import db
from app.domain.calls.search import CallSearch, build_conditions
from app.models import Branch, Call, CallDay

EXACT_COUNT_LIMIT = 1000
# limit for queries not covered by the daily counts
MAX_COUNTED = 10_000


def count_running(branch_ids: Sequence[str]) -> int:
    """Count the running calls of these branches; of the whole company without branches."""
    running = select(func.count()).select_from(Call).where(Call.running(), Call.is_test.is_(False))
    return db.session.scalar(running.where(Call.branch_id.in_(branch_ids)) if branch_ids else running) or 0


def count_calls(search: CallSearch, *, known_count: int = 0) -> tuple[int, bool]:
    """Count the calls of a query; returns the number and whether it is exact. `seen` are already known to exist.

    Up to a thousand are counted; beyond that the daily counts are used if they cover the query. Otherwise some more are counted
    and the number is a lower bound, since counting all would take longer the more there are.
    """
    counted = _count_matching(search, EXACT_COUNT_LIMIT)
    if counted <= EXACT_COUNT_LIMIT:
        return counted, True
    days = _build_day_conditions(search)
    if days is not None:
        return int(db.session.scalar(select(func.sum(CallDay.calls)).where(*days)) or 0), True
    most = max(known_count, MAX_COUNTED)
    counted = _count_matching(search, most)
    return min(counted, most), counted <= most


def _count_matching(search: CallSearch, most: int) -> int:
    """Count matching calls, up to `most` + 1."""
    few = select(Call.id).where(*build_conditions(search)).limit(most + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(few)) or 0


def _build_day_conditions(search: CallSearch) -> list[ColumnElement[bool]] | None:
    """The search as conditions on the daily counts; None for what they do not know."""
    zones = {ZoneInfo(timezone) for timezone in db.session.scalars(select(Branch.timezone).distinct())}
    limits = [_to_day(limit, zones) for limit in (search.since, search.until)]
    if search.status or search.customer_id or search.outcome == "unknown" or False in limits:
        return None
    conditions = [
        CallDay.day >= limits[0] if limits[0] else None,
        CallDay.day < limits[1] if limits[1] else None,
        CallDay.outcome == search.outcome if search.outcome else None,
        CallDay.branch_id.in_(search.branch_ids) if search.branch_ids else None,
    ]
    return [condition for condition in conditions if condition is not None]


def _to_day(limit: datetime | None, zones: set[ZoneInfo]) -> date | Literal[False] | None:
    """The day that begins at this instant in all of the branches; False where none does."""
    if limit is None:
        return None
    begins = {limit.astimezone(timezone).replace(tzinfo=None) for timezone in zones}
    first = begins.pop() if len(begins) == 1 else None
    return first.date() if first is not None and first.time() == time() else False
