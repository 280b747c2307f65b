"""Load the data for an availability query, in six queries whatever the number of past bookings."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select

from app.core.extensions import db
from app.domain.companies.policies import Policies, load_policies
from app.domain.scheduling.local_holidays import get_holiday_region
from app.domain.scheduling.minute_bits import MINUTES_PER_DAY, to_minute, to_minute_ceil
from app.domain.scheduling.queries import (
    BRANCH_OFFERS,
    BRANCHES,
    BUSY,
    BUSY_BRIEF,
    BUSY_WITH_GROUPS,
    CLOSURES,
    HOURS,
    LEVEL_COLUMNS,
    LEVEL_VALUES,
    OFFERS,
    ONE_BRANCH,
)
from app.domain.scheduling.types import (
    BusyInterval,
    SchedulingBranch,
    SchedulingClosure,
    SchedulingData,
    SchedulingGroupSession,
    SchedulingRoom,
    SchedulingService,
    SchedulingStaffMember,
    ServiceTiming,
    SlotQuery,
    SpecialDay,
    StaffServiceOffer,
    WeeklySpan,
)  # fmt: skip

MARGIN = timedelta(days=3)
# longer intervals are stored in pieces (bookings/slot_locks), so that no query has to go back further
MAX_SPAN_MINUTES = MINUTES_PER_DAY
# wider windows need only whether a time is taken: holder and buffers are not loaded
MAX_DETAILED_WINDOW = timedelta(days=2)
Weekly = dict[tuple[str, str | None], list[WeeklySpan]]


def load_scheduling_data(query: SlotQuery, *, for_callers: bool = False, all_branches: bool = False) -> SchedulingData:
    """Load the data to answer the query, for its branch, or for all with `all_branches` or a query without a branch.

    `for_callers` restricts offers that policies reserve for staff. Rooms and busy intervals of other branches are not loaded.
    """
    branch_id = None if all_branches else query.branch_id
    branch_rows = _fetch_branches(branch_id)
    policies = load_policies()
    service_ids = sorted({part.service_id for part in query.parts})
    # a query about opening hours has no services: then no staff and no rooms are needed
    offer_rows = _fetch_offers(service_ids, branch_id) if service_ids else ()
    staff_ids = {row.staff_id for row in offer_rows}
    branches = {row.id: row for row in branch_rows}
    weekly, special = _load_hours(list(branches), staff_ids, query)
    services = {row.service_id: _to_service(row) for row in offer_rows}
    kinds = {kind for service in services.values() for kind in service.room_kinds}
    rooms = tuple(_to_room(row) for row in branch_rows if row.room_id and row.kind in kinds)
    offers = tuple(_to_offer(row, policies, for_callers) for row in offer_rows)
    groups = any(service.is_group for service in services.values())
    busy, sessions = _load_busy_intervals(
        staff_ids | {room.id for room in rooms}, _get_max_visit_minutes(offers, query), query, groups=groups
    )
    general = policies.rules()
    return SchedulingData(
        branches=tuple(_to_branch(row, weekly[row.id, None], policies) for row in branches.values()),
        services=tuple(services.values()),
        people=_to_staff(offer_rows, weekly),
        offers=offers,
        rooms=rooms,
        closures=_load_closures(query),
        special_days=special,
        busy=busy,
        sessions=sessions,
        grid_minutes=general.grid_minutes,
        notice_minutes=general.notice_minutes,
        horizon_days=general.horizon_days,
    )


def _fetch_rows(statement: Select[Any], **values: Any) -> Sequence[Any]:
    return db.session().plain_rows(statement, values)


def _fetch_branches(branch_id: str | None) -> Sequence[Any]:
    """Fetch active branches with their country, one row per room."""
    return _fetch_rows(ONE_BRANCH, branch=branch_id) if branch_id else _fetch_rows(BRANCHES)


def _fetch_offers(service_ids: list[str], branch_id: str | None) -> Sequence[Any]:
    """Fetch the staff for these services by branch, with the times of service, branch and person side by side."""
    return _fetch_rows(BRANCH_OFFERS, services=service_ids, branch=branch_id) if branch_id else _fetch_rows(OFFERS, services=service_ids)


def _load_hours(branch_ids: list[str], staff_ids: set[str], query: SlotQuery) -> tuple[Weekly, tuple[SpecialDay, ...]]:
    """Weekly spans by branch and person (None: the branch itself), and the special days near the window.

    Hours at other branches are included: staff with own hours anywhere do not follow the branch's.
    """
    first, last = (query.starts_from - MARGIN).date(), (query.starts_before + MARGIN).date()
    weekly: Weekly = defaultdict(list)
    dates: dict[tuple[date, str, str | None], list[tuple[int, int]]] = defaultdict(list)
    names: dict[tuple[date, str, str | None], str] = {}
    rows = _fetch_rows(HOURS, first=first, last=last, branches=branch_ids, people=list(staff_ids))
    for branch_id, staff_id, weekday, day, opens, closes, valid_from, valid_until, name in rows:
        if day is None:
            weekly[branch_id, staff_id].append(WeeklySpan(weekday, opens, closes, valid_from, valid_until))
            continue
        key = (day, branch_id, staff_id)
        names[key] = name or ""
        dates[key] += [(opens, closes)] if closes > opens else []
    return weekly, tuple(SpecialDay(key[0], tuple(dates[key]), key[1], key[2], name) for key, name in names.items())


def _load_closures(query: SlotQuery) -> tuple[SchedulingClosure, ...]:
    first, last = (query.starts_from - MARGIN).replace(tzinfo=None), (query.starts_before + MARGIN).replace(tzinfo=None)
    rows = _fetch_rows(CLOSURES, first=first, last=last)
    return tuple(
        SchedulingClosure(r.local_start, r.local_end, r.kind, r.repeats, r.until, r.branch_id, r.staff_id, r.name or "") for r in rows
    )


def _load_busy_intervals(
    resource_ids: set[str], reach: int, query: SlotQuery, *, groups: bool
) -> tuple[tuple[BusyInterval, ...], tuple[SchedulingGroupSession, ...]]:
    """The busy intervals that bookings in the window could overlap, and their group sessions."""
    if not resource_ids:
        return (), ()
    first, last = to_minute(query.starts_from) - reach, to_minute_ceil(query.starts_before) + reach
    window = {"earliest": first - MAX_SPAN_MINUTES, "first": first, "last": last, "now": query.now}
    if not groups:
        brief = query.starts_before - query.starts_from > MAX_DETAILED_WINDOW and not query.ignoring
        return tuple(BusyInterval(*row) for row in _fetch_rows(BUSY_BRIEF if brief else BUSY, resources=list(resource_ids), **window)), ()
    rows = _fetch_rows(BUSY_WITH_GROUPS, resources=list(resource_ids), **window)
    sessions = {row[6]: SchedulingGroupSession(*row[6:]) for row in rows if row[6] is not None}
    return tuple(BusyInterval._make(row[:6]) for row in rows), tuple(sessions.values())


def _get_max_visit_minutes(offers: Sequence[StaffServiceOffer], query: SlotQuery) -> int:
    """The minutes by which a visit that starts in the window can exceed it."""
    longest: dict[str, int] = defaultdict(int)
    for offer in offers:
        if offer.timing:
            longest[offer.service_id] = max(longest[offer.service_id], offer.timing.total_minutes)
    return sum(longest[part.service_id] + query.max_gap for part in query.parts)


def _to_room(row: Any) -> SchedulingRoom:
    return SchedulingRoom(row.room_id, row.id, row.kind, row.places, row.room_name)


def _to_branch(row: Any, hours: list[WeeklySpan], policies: Policies) -> SchedulingBranch:
    observes_holidays = policies.rules(branch_id=row.id).observes_holidays
    region = get_holiday_region(row.country, row.state, row.city, row.local_holidays)
    return SchedulingBranch(row.id, row.timezone, tuple(hours), row.name, region, observes_holidays)


def _to_staff(offer_rows: Sequence[Any], weekly: Weekly) -> tuple[SchedulingStaffMember, ...]:
    own: dict[str, list[tuple[str, WeeklySpan]]] = defaultdict(list)
    for (branch_id, staff_id), spans in weekly.items():
        if staff_id:
            own[staff_id] += [(branch_id, span) for span in spans]
    names = {row.staff_id: row.staff_name for row in offer_rows}
    return tuple(SchedulingStaffMember(staff_id, name, tuple(own[staff_id])) for staff_id, name in names.items())


def _to_service(row: Any) -> SchedulingService:
    return SchedulingService(
        row.service_id, _to_timing(_merge_levels(row, "service")), row.service_name, row.capacity, tuple(row.room_kinds)
    )


def _to_offer(row: Any, policies: Policies, for_callers: bool) -> StaffServiceOffer:
    rules = policies.rules(branch_id=row.branch_id, service_id=row.service_id, staff_id=row.staff_id)
    values = _merge_levels(row, "service", "branch", "own")
    return StaffServiceOffer(
        row.service_id,
        row.staff_id,
        row.branch_id,
        timing=_to_timing(values),
        notice_minutes=rules.notice_minutes,
        horizon_days=rules.horizon_days,
        restriction="desk_only" if for_callers and not rules.callers_may_book else None,
        price_cents=values[-1],
    )


def _merge_levels(row: Any, *levels: str) -> list[Any]:
    """Merge times and price, each from the narrowest level that sets it."""
    merged: list[Any] = [None] * len(LEVEL_VALUES)
    for level in levels:
        own = row[LEVEL_COLUMNS[level]]
        merged = [was if value is None else value for was, value in zip(merged, own, strict=True)]
    return merged


def _to_timing(values: list[Any]) -> ServiceTiming:
    """Build the timing; a processing time that no longer fits into a shortened service is dropped."""
    minutes, before, after, processing_from, processing, _price = values
    if processing_from + processing > minutes or processing >= minutes:
        processing_from = processing = 0
    return ServiceTiming(minutes, before, after, processing_from, processing)
