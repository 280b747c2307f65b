"""How many calls there are: counted where they are few, added up from the hourly counts where they are many."""

from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from app.core.extensions import db
from app.domain.calls.searching import Search, narrowed_by
from app.models import Branch, Call, CallHour

COUNTED_ONE_BY_ONE = 1000


def count_calls(search: Search) -> int:
    """How many calls there are, whatever the query.

    A thousand are counted; more come from the hourly counts where these know the answer, else from an index, which takes longer
    the more they are.
    """
    few = select(Call.id).where(*narrowed_by(search)).limit(COUNTED_ONE_BY_ONE + 1).subquery()
    counted = db.session.scalar(select(func.count()).select_from(few)) or 0
    if counted <= COUNTED_ONE_BY_ONE:
        return counted
    hours = _hours(search)
    if hours is None:
        return db.session.scalar(select(func.count()).select_from(Call).where(*narrowed_by(search))) or 0
    return int(db.session.scalar(select(func.sum(CallHour.calls)).where(*hours)) or 0)


def _hours(search: Search) -> list[ColumnElement[bool]] | None:
    """The search as conditions on the hourly counts; None for what they do not know."""
    zones = {ZoneInfo(zone) for zone in db.session.scalars(select(Branch.zone).distinct())}
    days = [_day(limit, zones) for limit in (search.since, search.until)]
    if search.status or search.customer_id or search.outcome == "unknown" or False in days:
        return None
    wanted = [
        CallHour.day >= days[0] if days[0] else None,
        CallHour.day < days[1] if days[1] else None,
        CallHour.outcome == search.outcome if search.outcome else None,
        CallHour.branch_id.in_(search.branch_ids) if search.branch_ids else None,
    ]
    return [condition for condition in wanted if condition is not None]


def _day(limit: datetime | None, zones: set[ZoneInfo]) -> date | Literal[False] | None:
    """The day that begins at this instant in all of the branches; False where none does."""
    if limit is None:
        return None
    begins = {limit.astimezone(zone).replace(tzinfo=None) for zone in zones}
    first = begins.pop() if len(begins) == 1 else None
    return first.date() if first is not None and first.time() == time() else False
