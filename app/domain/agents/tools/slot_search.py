"""Looks for free times as a caller asks for them: a very minute, a day, a week, or whatever comes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import now
from app.domain.agents.tools.argument_parsing import Visit, stretch_of
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.phrasing import MOST_TOLD, spread
from app.domain.bookings.unmet_demand import keep_wish
from app.domain.language.time_expression import When
from app.domain.scheduling.alternatives import find_alternatives
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.opening_hours import get_day_opening
from app.domain.scheduling.reasons import Reason, explain_unavailable, format_reason
from app.domain.scheduling.types import AvailabilityQuery, SchedulingData, Slot

# how far ahead the first free time is looked for, in steps
REACHES = (timedelta(days=14), timedelta(days=60))
NEAR = timedelta(days=7)
TAKEN = ("booked", "buffer", "room_taken")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """`requested_free` is set where a very minute was asked for; `why` is the sentence for the reason; `facts` know the names."""

    slots: list[Slot]
    facts: SchedulingData | None = None
    requested_free: bool | None = None
    reason: str | None = None
    why: str | None = None


def at_moment(visit: Visit, starts_at: datetime) -> Found:
    """Whether the visit can begin then, and if not, why, and what is near."""
    if starts_at < now():
        return _instead(around(visit, starts_at), "in_the_past", format_reason(Reason("in_the_past")), requested_free=False)
    question = _question(visit, starts_at, starts_at + MINUTE, any_start=True)
    facts = load_scheduling_data(question, for_callers=True)
    if slots := find_free_slots(question, facts).first(3):
        return Found(slots, facts, True)
    reason, why = _told(explain_unavailable(question, facts, starts_at), facts)
    return _instead(around(visit, starts_at), reason, why, requested_free=False)


def in_stretch(situation: Situation, visit: Visit, when: When) -> Found:
    """What is free on the days and at the hours that are meant; where nothing is, why, and what comes next."""
    first, before = stretch_of(situation, when, visit.branch.zone)
    if first >= before:
        return _instead(next_free(visit), "in_the_past", format_reason(Reason("in_the_past")))
    question = _question(visit, first, before)
    facts = load_scheduling_data(question, for_callers=True)
    answer = find_free_slots(question, facts)
    if starts := _between(answer.list_starts(), *when.minutes(), zone=visit.branch.zone):
        return Found([answer.find_at(start)[0] for start in spread(starts, MOST_TOLD)], facts)
    reason, why = _of_stretch(visit, question, facts, when)
    return _instead(next_free(visit, since=max(before, now())), reason, why)


def next_free(visit: Visit, *, since: datetime | None = None, most: int = 3) -> Found:
    """The first free times, one a day at most where there are several days."""
    begin = since or now()
    facts = None
    for reach in REACHES:
        question = _question(visit, begin, begin + reach)
        facts = load_scheduling_data(question, for_callers=True)
        answer = find_free_slots(question, facts)
        if starts := answer.list_starts():
            return Found([answer.find_at(start)[0] for start in _one_a_day(starts, visit.branch.zone, most)], facts)
    return Found([], facts)


def around(visit: Visit, wanted: datetime, *, most: int = 3) -> Found:
    """What comes closest to a time that cannot be had; else what comes next."""
    wanted = max(wanted, now())
    question = _question(visit, max(wanted - NEAR, now()), wanted + NEAR)
    facts = load_scheduling_data(question, for_callers=True, all_branches=True)
    best = find_alternatives(question, facts, wanted, limit=most, search_radius=NEAR).best(most)
    return Found(best, facts) if best else next_free(visit)


def remember_wish(situation: Situation, visit: Visit, found: Found, wanted: datetime | None) -> None:
    """What was wanted and is not to be had is demand that nobody sees otherwise."""
    if found.reason in (None, "in_the_past") or situation.call.is_test:
        return
    stamp = wanted.isoformat() if wanted else situation.today.isoformat()
    keep_wish(
        found.reason or "booked", service_id=visit.parts[0].service_id, staff_id=visit.staff_id, branch_id=visit.branch.id,
        wanted_from=wanted, customer_id=situation.call.customer_id, call_id=situation.call.id,
        source_ref=f"wish:{situation.call.id}:{visit.parts[0].service_id}:{stamp}",
    )  # fmt: skip


def _instead(other: Found, reason: str, why: str, *, requested_free: bool | None = None) -> Found:
    return Found(other.slots, other.facts, requested_free, reason, why)


def _question(visit: Visit, first: datetime, before: datetime, *, any_start: bool = False) -> AvailabilityQuery:
    return AvailabilityQuery(visit.parts, first, before, now(), branch_id=visit.branch.id, max_gap=visit.max_gap, any_start=any_start)


def _between(starts: list[datetime], low: int, high: int, *, zone: str) -> list[datetime]:
    """The starts that clocks show in [low, high) minutes after midnight."""
    if (low, high) == (0, 1440) or not starts:
        return starts
    tz = ZoneInfo(zone)
    shift, last = (start.astimezone(tz).utcoffset() for start in (starts[0], starts[-1]))
    if shift is not None and shift == last:
        midnight = starts[0].astimezone(tz).replace(hour=0, minute=0)
        return [start for start in starts if low <= (start - midnight) // MINUTE % 1440 < high]
    return [start for start in starts if low <= _minute(start.astimezone(tz)) < high]


def _of_stretch(visit: Visit, question: AvailabilityQuery, facts: SchedulingData, when: When) -> tuple[str, str]:
    """For one day: closed, or what is in the way when it opens; for several: everything is taken."""
    if when.day is None:
        return _told([Reason("booked")], facts)
    opening = get_day_opening(facts.get_branch(visit.branch.id), facts, when.day)
    ahead = [max(start, question.starts_from) for start, end in opening.spans if end > question.starts_from]
    if not ahead:
        return _told([Reason("holiday" if opening.holiday else "closed" if not opening.spans else "in_the_past")], facts)
    return _told(explain_unavailable(question, facts, ahead[0]) or [Reason("booked")], facts)


def _told(reasons: Sequence[Reason], facts: SchedulingData) -> tuple[str, str]:
    """The reason that says most: if anybody is merely booked, it is taken."""
    telling = next((reason for reason in reasons if reason.code in TAKEN), None) or (reasons or [Reason("booked")])[0]
    names = {person.id: person.name for person in facts.people if len(reasons) == 1}
    return telling.code, format_reason(telling, names)


def _one_a_day(starts: list[datetime], zone: str, most: int) -> list[datetime]:
    days: dict[date, datetime] = {}
    for start in starts:
        if len(days) == most:
            break
        days.setdefault(start.astimezone(ZoneInfo(zone)).date(), start)
    return list(days.values()) if len(days) > 1 else starts[:most]


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute
