"""Searches free slots at a time, in an interval, as soon as possible, or instead of a rejected one."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.agents.tools.context import ToolContext, ToolResult, reject
from app.domain.agents.tools.interval_reasons import WHOLE_DAY, explain_interval, select_reason
from app.domain.agents.tools.phrasing import MAX_SLOTS, MAX_SPOKEN_SLOTS, DisplayNames, build_slots_data, say_free_slots, select_spread
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.errors import BookingError, SlotTaken
from app.domain.bookings.unmet_demand import record_rejected_request, record_unmet_demand
from app.domain.language.parsed_time import PART_SPANS
from app.domain.scheduling.alternatives import find_alternatives
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.types import SchedulingData, Slot, SlotQuery
from app.domain.scheduling.unavailability_reasons import Reason, explain_unavailable, format_reason

# search intervals for the first free slot, tried in order
LOOKAHEADS = (timedelta(days=14), timedelta(days=60))
SEARCH_RADIUS = timedelta(days=7)
MINUTE = timedelta(minutes=1)
# so many are offered on the wished days before later days
MAX_NEAREST = 2
# and are not further from the wished hours
NEAR_MINUTES = 180
# what is offered first of the starts that a part of the day allows
CORE_CLOCKS = {PART_SPANS["afternoon"]: (13 * 60, 18 * 60)}


@dataclass(frozen=True, slots=True)
class SlotSearchResult:
    """`requested_free` is set where an exact time was requested; `explanation` is a sentence; `facts` hold the names."""

    slots: list[Slot]
    facts: SchedulingData | None = None
    requested_free: bool | None = None
    reason: str | None = None
    explanation: str | None = None


def search(query: SlotQuery) -> SlotSearchResult:
    """Search the exact time, else the days and hours; where nothing is free, give the reason and other slots."""
    return _search_time(query, query.starts_at) if query.starts_at else _search_interval(query)


def _search_time(query: SlotQuery, starts_at: datetime) -> SlotSearchResult:
    if starts_at < query.now:
        return _attach_reason(search_around(query), "in_the_past", format_reason(Reason("in_the_past")), requested_free=False)
    facts = load_scheduling_data(query, for_callers=True)
    if slots := find_free_slots(query, facts).first(3):
        return SlotSearchResult(slots, facts, True)
    reason, why = select_reason(explain_unavailable(query, facts, starts_at), facts)
    return _attach_reason(search_around(query), reason, why, requested_free=False)


def _search_interval(query: SlotQuery) -> SlotSearchResult:
    if query.starts_from >= query.starts_before:
        return _attach_reason(search_next(query), "in_the_past", format_reason(Reason("in_the_past")))
    facts = load_scheduling_data(query, for_callers=True)
    answer = find_free_slots(query, facts)
    if starts := _prefer_core(_filter_by_clock(answer.list_starts(), query, facts), query, facts):
        return SlotSearchResult([answer.find_at(start)[0] for start in select_spread(starts, MAX_SLOTS)], facts)
    reason, why = explain_interval(query, facts)
    later = search_next(query, since=max(query.starts_before, query.now))
    near = [answer.find_at(start)[0] for start in _pick_nearest(answer.list_starts(), query, facts)]
    return _attach_reason(replace(later, slots=[*near, *later.slots[: MAX_SPOKEN_SLOTS - len(near)]]), reason, why)


def search_next(query: SlotQuery, *, since: datetime | None = None, most: int = 3) -> SlotSearchResult:
    """Search the first free slots on days that suit, at most one a day where there are several days."""
    begin = since or query.now
    facts = None
    for reach in LOOKAHEADS:
        ahead = query.between(begin, begin + reach)
        facts = load_scheduling_data(ahead, for_callers=True)
        answer = find_free_slots(ahead, facts)
        free = _drop_excluded_days(answer.list_starts(), query, facts)
        # the wished part of the day first
        if starts := _prefer_core(_filter_by_clock(free, query, facts), query, facts) or free:
            chosen = _pick_one_a_day(starts, _get_timezone(query, facts), most)
            return SlotSearchResult([answer.find_at(start)[0] for start in chosen], facts)
    return SlotSearchResult([], facts)


def search_around(query: SlotQuery, *, most: int = 3) -> SlotSearchResult:
    """Search the slots closest to a time that is taken; else the next ones."""
    starts_at = max(query.starts_from, query.now)
    around = query.between(max(starts_at - SEARCH_RADIUS, query.now), starts_at + SEARCH_RADIUS)
    facts = load_scheduling_data(around, for_callers=True, all_branches=True)
    best = find_alternatives(around, facts, starts_at, limit=most, search_radius=SEARCH_RADIUS).best(most)
    return SlotSearchResult(best, facts) if best else search_next(query)


def build_booking_rejection(context: ToolContext, request: BookingRequest, error: BookingError) -> ToolResult:
    """Build the rejection with alternatives, and record the unmet demand."""
    query = request.build_query()
    if not context.call.is_test:
        stamp = f"wish:{context.call.id}:{request.parts[0].service_id}:{request.starts_at.isoformat()}"
        record_rejected_request(request, error, source_ref=stamp)
    result = SlotSearchResult(error.alternatives.best())
    if not result.slots and isinstance(error, SlotTaken):
        result = search_around(query)
    slots = build_slots_data(context, result.slots, result.facts) if result.slots else []
    wish = build_wish_data(context, query)
    if not slots:
        return reject(error.code, error.message, slots=[], **wish)
    asked_for = DisplayNames(staff={query.staff_id}).staff.get(query.staff_id or "")
    say = _("%(why)s, frei ist es %(times)s.", why=error.message.rstrip("."), times=say_free_slots(context, slots, staff=asked_for))
    return reject(error.code, say, slots=slots, **wish)


def build_wish_data(context: ToolContext, query: SlotQuery) -> dict[str, str]:
    """Build the day that was asked for, and the time, so that what is said next can point to it."""
    if query.starts_at:
        local = context.to_local(query.starts_at)
        return {"date": local.date().isoformat(), "time": local.strftime("%H:%M")}
    return {"date": query.day.isoformat()} if query.day else {}


def record_unmet_search(context: ToolContext, query: SlotQuery, result: SlotSearchResult) -> None:
    """Record a search that found the requested time taken as unmet demand."""
    if result.reason in (None, "in_the_past") or context.call.is_test:
        return
    stamp = query.starts_at.isoformat() if query.starts_at else context.today.isoformat()
    record_unmet_demand(
        result.reason or "booked", service_id=query.parts[0].service_id, staff_id=query.staff_id, branch_id=query.branch_id,
        requested_from=query.starts_at, customer_id=context.call.customer_id, call_id=context.call.id,
        source_ref=f"wish:{context.call.id}:{query.parts[0].service_id}:{stamp}",
    )  # fmt: skip


def _attach_reason(other: SlotSearchResult, reason: str, why: str, *, requested_free: bool | None = None) -> SlotSearchResult:
    return SlotSearchResult(other.slots, other.facts, requested_free, reason, why)


def _get_timezone(query: SlotQuery, facts: SchedulingData) -> str:
    return facts.get_branch(query.branch_id or "").timezone


def _filter_by_clock(starts: list[datetime], query: SlotQuery, facts: SchedulingData) -> list[datetime]:
    """Filter starts by the local times asked for, on days that suit."""
    starts = _drop_excluded_days(starts, query, facts)
    if query.clock == WHOLE_DAY or not starts:
        return starts
    low, high = query.clock
    tz = ZoneInfo(_get_timezone(query, facts))
    shift, last = (start.astimezone(tz).utcoffset() for start in (starts[0], starts[-1]))
    if shift is not None and shift == last:
        midnight = starts[0].astimezone(tz).replace(hour=0, minute=0)
        return [start for start in starts if low <= (start - midnight) // MINUTE % 1440 < high]
    return [start for start in starts if low <= _to_minute_of_day(start.astimezone(tz)) < high]


def _prefer_core(starts: list[datetime], query: SlotQuery, facts: SchedulingData) -> list[datetime]:
    """Prefer what callers mean by a part of the day: nobody expects noon in the afternoon."""
    core = CORE_CLOCKS.get(query.clock)
    return (_filter_by_clock(starts, replace(query, clock=core), facts) if core else []) or starts


def _drop_excluded_days(starts: list[datetime], query: SlotQuery, facts: SchedulingData) -> list[datetime]:
    if not query.excluded_days:
        return starts
    zone = ZoneInfo(_get_timezone(query, facts))
    return [start for start in starts if start.astimezone(zone).date() not in query.excluded_days]


def _pick_nearest(starts: list[datetime], query: SlotQuery, facts: SchedulingData) -> list[datetime]:
    """Pick the starts on the wished days that are nearest to the wished hours; none where a whole part of the day was wished."""
    low, high = query.clock
    if query.clock in (WHOLE_DAY, *PART_SPANS.values()):
        return []
    zone = ZoneInfo(_get_timezone(query, facts))

    def rate(start: datetime) -> int:
        minute = _to_minute_of_day(start.astimezone(zone))
        return max(low - minute, minute - (high - 1), 0)

    suiting = _drop_excluded_days(starts, query, facts)
    nearest = sorted((start for start in suiting if rate(start) <= NEAR_MINUTES), key=lambda start: (rate(start), start))
    return sorted(nearest[:MAX_NEAREST])


def _pick_one_a_day(starts: list[datetime], timezone: str, most: int) -> list[datetime]:
    days: dict[date, datetime] = {}
    for start in starts:
        if len(days) == most:
            break
        days.setdefault(start.astimezone(ZoneInfo(timezone)).date(), start)
    return list(days.values()) if len(days) > 1 else starts[:most]


def _to_minute_of_day(local: datetime) -> int:
    return local.hour * 60 + local.minute
