"""Looks for free times as a caller asks for them: a very minute, a day, a week, or whatever comes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import now
from app.domain.agents.situation import Situation
from app.domain.agents.telling import MOST_TOLD, spread
from app.domain.agents.wanting import Visit, stretch_of
from app.domain.bookings.wishes import keep_wish
from app.domain.calendar.alternatives import alternatives
from app.domain.calendar.asking import find_slots
from app.domain.calendar.availability import free_slots
from app.domain.calendar.explaining import Reason, why_not
from app.domain.calendar.facts import Facts, Question, Slot
from app.domain.calendar.hours import open_day
from app.domain.calendar.loading import load_facts
from app.domain.calendar.sentences import sentence
from app.domain.language.when import When

# how far ahead the first free time is looked for, in steps
REACHES = (timedelta(days=14), timedelta(days=60))
NEAR = timedelta(days=7)
TAKEN = ("booked", "buffer", "room_taken")


@dataclass(frozen=True, slots=True)
class Found:
    """`requested_free` is set where a very minute was asked for; `why` is the sentence for the reason."""

    slots: list[Slot]
    requested_free: bool | None = None
    reason: str | None = None
    why: str | None = None


def at_moment(visit: Visit, starts_at: datetime) -> Found:
    """Whether the visit can begin then, and if not, why, and what is near."""
    if starts_at < now():
        return Found(_near(visit, starts_at), False, "in_the_past", sentence(Reason("in_the_past")))
    question = _question(visit, starts_at, starts_at + timedelta(minutes=1), any_start=True)
    facts = load_facts(question, for_callers=True)
    slots = free_slots(question, facts).first(3)
    if slots:
        return Found(slots, True)
    reason, why = _told(why_not(question, facts, starts_at), facts)
    return Found(_near(visit, starts_at), False, reason, why)


def in_stretch(situation: Situation, visit: Visit, when: When) -> Found:
    """What is free on the days and at the hours that are meant; where nothing is, why, and what comes next."""
    zone = visit.branch.zone
    first, before = stretch_of(situation, when, zone)
    low, high = when.minutes()
    if first < before:
        question = _question(visit, first, before)
        facts = load_facts(question, for_callers=True)
        answer = free_slots(question, facts)
        starts = [start for start in answer.starts() if low <= _minute(start, zone) < high]
        if starts:
            return Found([answer.at(start)[0] for start in spread(starts, MOST_TOLD)])
        reason, why = _of_stretch(visit, question, facts, when)
    else:
        reason, why = "in_the_past", sentence(Reason("in_the_past"))
    return Found(next_free(visit, since=max(before, now())), None, reason, why)


def next_free(visit: Visit, *, since: datetime | None = None, most: int = 3) -> list[Slot]:
    """The first free times, one a day at most where there are several days."""
    begin = since or now()
    for reach in REACHES:
        found = find_slots(
            visit.parts, starts_from=begin, starts_before=begin + reach, branch_id=visit.branch.id, for_callers=True, max_gap=visit.max_gap
        )
        if starts := found.starts():
            return [found.at(start)[0] for start in _one_a_day(starts, visit.branch.zone, most)]
    return []


def around(visit: Visit, wanted: datetime) -> list[Slot]:
    """What comes closest to a time that cannot be had."""
    wanted = max(wanted, now())
    question = Question(visit.parts, max(wanted - NEAR, now()), wanted + NEAR, now(), branch_id=visit.branch.id, max_gap=visit.max_gap)
    return alternatives(question, load_facts(question, for_callers=True, everywhere=True), wanted, limit=4, reach=NEAR).best(6)


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


def _near(visit: Visit, wanted: datetime) -> list[Slot]:
    return around(visit, wanted)[:3] or next_free(visit)


def _question(visit: Visit, first: datetime, before: datetime, *, any_start: bool = False) -> Question:
    return Question(visit.parts, first, before, now(), branch_id=visit.branch.id, max_gap=visit.max_gap, any_start=any_start)


def _of_stretch(visit: Visit, question: Question, facts: Facts, when: When) -> tuple[str, str]:
    """For one day: closed, or what is in the way when it opens; for several: everything is taken."""
    if when.day is None:
        return _told([Reason("booked")], facts)
    branch = facts.branch(visit.branch.id)
    opening = open_day(branch, facts, when.day)
    ahead = [max(start, question.starts_from) for start, end in opening.spans if end > question.starts_from]
    if not ahead:
        return _told([Reason("holiday" if opening.holiday else "closed" if not opening.spans else "in_the_past")], facts)
    return _told(why_not(question, facts, ahead[0]) or [Reason("booked")], facts)


def _told(reasons: Sequence[Reason], facts: Facts) -> tuple[str, str]:
    """The reason that says most: if anybody is merely booked, it is taken."""
    telling = next((reason for reason in reasons if reason.code in TAKEN), None) or (reasons or [Reason("booked")])[0]
    names = {person.id: person.name for person in facts.people if len(reasons) == 1}
    return telling.code, sentence(telling, names)


def _one_a_day(starts: list[datetime], zone: str, most: int) -> list[datetime]:
    days: dict[date, datetime] = {}
    for start in starts:
        days.setdefault(start.astimezone(ZoneInfo(zone)).date(), start)
    chosen = list(days.values())[:most]
    return chosen if len(chosen) > 1 else starts[:most]


def _minute(start: datetime, zone: str) -> int:
    local = start.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute
