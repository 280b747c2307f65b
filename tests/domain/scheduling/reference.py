"""The calendar's rules once more, slow and obvious: every minute is looked at, every clock is read. Only tests use it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.scheduling.holidays import find_holiday_name
from app.domain.scheduling.types import (
    SchedulingBranch,
    SchedulingClosure,
    SchedulingData,
    SchedulingService,
    SchedulingStaffMember,
    ServiceTiming,
    SlotQuery,
    SpecialDay,
    StaffServiceOffer,
    VisitPart,
    WeeklySpan,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def clock(timezone: str, first: datetime, days: int) -> list[tuple[datetime, datetime]]:
    """Every minute of real time with what the clocks of the zone show then."""
    tz = ZoneInfo(timezone)
    minutes = [first + MINUTE * n for n in range(days * 1440)]
    return [(minute, minute.astimezone(tz).replace(tzinfo=None)) for minute in minutes]


class Reference:
    def __init__(self, question: SlotQuery, facts: SchedulingData) -> None:
        self.question = question
        self.facts = facts
        first = question.starts_from.replace(hour=0, minute=0, second=0, microsecond=0) - 3 * DAY
        self.first, self.days = first, (question.starts_before - first).days + 4
        self._open: dict[str, set[datetime]] = {}
        self._shift: dict[tuple[str, str], set[datetime]] = {}

    def clock(self, branch: SchedulingBranch) -> list[tuple[datetime, datetime]]:
        return clock(branch.timezone, self.first, self.days)

    def stretch(self, branch: SchedulingBranch, start: datetime, end: datetime) -> set[datetime]:
        """From the first minute whose clock has reached the start to the last whose clock has not reached the end."""
        minutes = self.clock(branch)
        reached = [i for i, (_, shown) in enumerate(minutes) if shown >= start]
        not_over = [i for i, (_, shown) in enumerate(minutes) if shown < end]
        if not reached or not not_over:
            return set()
        return {minutes[i][0] for i in range(reached[0], not_over[-1] + 1)}

    def dates(self, branch: SchedulingBranch) -> list[datetime]:
        shown = self.clock(branch)
        day = shown[0][1].replace(hour=0, minute=0)
        found = []
        while day <= shown[-1][1]:
            found.append(day)
            day += DAY
        return found

    def open(self, branch: SchedulingBranch) -> set[datetime]:
        if branch.id not in self._open:
            opened: set[datetime] = set()
            for day in self.dates(branch):
                special = self.special(branch, None, day)
                if special:
                    spans = special[-1].spans
                elif branch.observes_holidays and find_holiday_name(day.date(), branch.region):
                    spans = ()
                else:
                    spans = spans_on(day, branch.hours)
                for opens, closes in spans:
                    opened |= self.stretch(branch, day + opens * MINUTE, day + closes * MINUTE)
            for closure in self.facts.closures:
                if closure.staff_id is None and closure.branch_id in (None, branch.id):
                    opened -= self.closed(branch, closure)
            self._open[branch.id] = opened
        return self._open[branch.id]

    def shift(self, person: SchedulingStaffMember, branch: SchedulingBranch) -> set[datetime]:
        if (person.id, branch.id) not in self._shift:
            working: set[datetime] = set()
            for day in self.dates(branch):
                special = self.special(branch, person.id, day)
                if special:
                    spans = special[-1].spans
                elif not person.hours:
                    spans = ((0, 1440),)
                else:
                    spans = spans_on(day, [s for at, s in person.hours if at == branch.id])
                for opens, closes in spans:
                    working |= self.stretch(branch, day + opens * MINUTE, day + closes * MINUTE)
            for closure in self.facts.closures:
                if closure.staff_id == person.id and closure.branch_id in (None, branch.id):
                    working -= self.closed(branch, closure)
            self._shift[person.id, branch.id] = working
        return self._shift[person.id, branch.id]

    def special(self, branch: SchedulingBranch, staff_id: str | None, day: datetime) -> list[SpecialDay]:
        days = [s for s in self.facts.special_days if s.day == day.date() and s.staff_id == staff_id]
        return [s for s in days if s.branch_id in (None, branch.id)]

    def closed(self, branch: SchedulingBranch, closure: SchedulingClosure) -> set[datetime]:
        closed: set[datetime] = set()
        for starts in occurrences(closure, self.dates(branch)[-1]):
            closed |= self.stretch(branch, starts, starts + (closure.ends - closure.starts))
        return closed

    def can_do(self, offer: StaffServiceOffer, branch: SchedulingBranch, start: datetime) -> bool:
        service, timing = self.facts.get_service(offer.service_id), self.timing(offer)
        person = next(p for p in self.facts.people if p.id == offer.staff_id)
        notice = self.facts.notice_minutes if offer.notice_minutes is None else offer.notice_minutes
        horizon = self.facts.horizon_days if offer.horizon_days is None else offer.horizon_days
        now = self.question.now
        if offer.restriction or start < now + notice * MINUTE or start > now + horizon * DAY:
            return False
        if not all(start + n * MINUTE in self.open(branch) for n in range(timing.minutes)):
            return False
        if not all(start + n * MINUTE in self.shift(person, branch) for n in range(timing.minutes) if not in_processing(timing, n)):
            return False
        return self.joins(offer, start) or self.is_free(offer, service, timing, branch, start)

    def joins(self, offer: StaffServiceOffer, start: datetime) -> bool:
        return any(
            (s.service_id, s.staff_id, s.branch_id, s.starts_at) == (offer.service_id, offer.staff_id, offer.branch_id, start)
            and s.taken + self.question.seats <= s.seats
            for s in self.facts.sessions
        )

    def is_free(
        self, offer: StaffServiceOffer, service: SchedulingService, timing: ServiceTiming, branch: SchedulingBranch, start: datetime
    ) -> bool:
        if service.capacity < self.question.seats:
            return False
        needed = [start + n * MINUTE for n in range(-timing.before, timing.minutes + timing.after) if not in_processing(timing, n)]
        if any(self.taken(offer.staff_id, minute) for minute in needed):
            return False
        whole = [start + n * MINUTE for n in range(-timing.before, timing.minutes + timing.after)]
        for kind in service.room_kinds:
            rooms = [r for r in self.facts.rooms if (r.branch_id, r.kind) == (branch.id, kind) and r.places >= self.question.seats]
            if not any(not any(self.taken(room.id, minute) for minute in whole) for room in rooms):
                return False
        return True

    def taken(self, resource_id: str, minute: datetime) -> bool:
        return any(
            busy.resource_id == resource_id and busy.holder_id not in self.question.ignoring
            and EPOCH + busy.start * MINUTE <= minute < EPOCH + busy.end * MINUTE
            for busy in self.facts.busy
        )  # fmt: skip

    def timing(self, offer: StaffServiceOffer) -> ServiceTiming:
        return offer.timing or self.facts.get_service(offer.service_id).timing

    def offers(self, part: VisitPart, branch: SchedulingBranch) -> list[StaffServiceOffer]:
        return [
            o for o in self.facts.offers
            if o.service_id == part.service_id and o.branch_id == branch.id and part.staff_id in (None, o.staff_id)
        ]  # fmt: skip

    def can_follow(self, parts: tuple[VisitPart, ...], branch: SchedulingBranch, start: datetime) -> bool:
        return not parts or any(self.can_begin(offer, parts, branch, start) for offer in self.offers(parts[0], branch))

    def can_begin(self, offer: StaffServiceOffer, parts: tuple[VisitPart, ...], branch: SchedulingBranch, start: datetime) -> bool:
        """Whether this person can begin the visit here and somebody, without too long a wait, can go on with the rest."""
        if not self.can_do(offer, branch, start):
            return False
        end = start + self.timing(offer).minutes * MINUTE
        return len(parts) == 1 or any(self.can_follow(parts[1:], branch, end + n * MINUTE) for n in range(self.question.max_gap + 1))

    def on_grid(self, branch: SchedulingBranch, start: datetime) -> bool:
        shown = start.astimezone(ZoneInfo(branch.timezone))
        return self.question.any_start or (shown.hour * 60 + shown.minute) % self.facts.grid_minutes == 0

    def slots(self) -> Iterator[tuple[datetime, str, str]]:
        """(start, branch, who begins) of all that may be offered."""
        start = self.question.starts_from.replace(second=0, microsecond=0)
        start += MINUTE if start < self.question.starts_from else timedelta(0)
        while start < self.question.starts_before:
            for branch in self.facts.branches:
                if self.question.branch_id not in (None, branch.id):
                    continue
                for offer in self.offers(self.question.parts[0], branch):
                    offered = self.on_grid(branch, start) or self.joins(offer, start)
                    if offered and self.can_begin(offer, self.question.parts, branch, start):
                        yield start, branch.id, offer.staff_id
            start += MINUTE


def spans_on(day: datetime, hours: Iterable[WeeklySpan]) -> tuple[tuple[int, int], ...]:
    """Hours with a beginning or an end stand in place of the usual week while they are valid."""
    for_a_time = [s for s in hours if (s.valid_from or s.valid_until) and applies(s, day)]
    usual = [s for s in hours if not (s.valid_from or s.valid_until)]
    return tuple((s.opens, s.closes) for s in for_a_time or usual if s.weekday == day.weekday())


def applies(span: WeeklySpan, day: datetime) -> bool:
    return not (span.valid_from and day.date() < span.valid_from) and not (span.valid_until and day.date() > span.valid_until)


def in_processing(timing: ServiceTiming, minute: int) -> bool:
    return timing.processing > 0 and timing.processing_from <= minute < timing.processing_from + timing.processing


def occurrences(closure: SchedulingClosure, last: datetime) -> Iterator[datetime]:
    """Day by day from the first one on: is this a day on which it begins again?"""
    day = closure.starts
    while day <= last + DAY:
        again = {
            "never": day == closure.starts,
            "weekly": day.weekday() == closure.starts.weekday(),
            "yearly": falls_on(closure.starts, day),
        }[closure.repeats]
        if again and (closure.repeats == "never" or closure.until is None or day.date() <= closure.until):
            yield day
        day += DAY


def falls_on(first: datetime, day: datetime) -> bool:
    if (first.month, first.day) == (2, 29) and (day.month, day.day) == (3, 1):
        return (day - DAY).day == 28
    return (first.month, first.day) == (day.month, day.day)
