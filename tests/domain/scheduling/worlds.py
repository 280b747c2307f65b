"""Invents small calendars for the property tests: odd zones, change days, split and midnight hours, groups, rooms, visits."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from app.domain.scheduling.holidays import HolidayRegion
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
    VisitPart,
    WeeklySpan,
)  # fmt: skip

DAYS = {
    "Europe/Berlin": [date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 3), date(2026, 5, 12)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
    "America/Santiago": [date(2026, 4, 5), date(2026, 9, 6)],
    "Asia/Beirut": [date(2026, 3, 29), date(2026, 10, 25)],
    "Asia/Kolkata": [date(2026, 6, 1)],
    "UTC": [date(2026, 12, 24)],
}

minutes_of_day = st.one_of(st.integers(0, 287).map(lambda n: n * 5), st.integers(60, 200), st.integers(0, 1439))
# hypothesis prefers the first of a list, so the common case stands there
rarely = st.sampled_from([False] * 7 + [True])
lengths = st.one_of(st.sampled_from([5, 10, 15, 30, 45, 60]), st.integers(1, 90))


@st.composite
def spans(draw: st.DrawFn, weekday: int, around: date) -> WeeklySpan:
    if draw(rarely):
        opens = draw(minutes_of_day)
        closes = opens + draw(st.integers(30, 600))
    else:
        opens = draw(st.integers(0, 600))
        closes = opens + draw(st.integers(600, 1440))
    bound = st.integers(-2, 2).map(lambda n: around + timedelta(days=n))
    valid_from = draw(bound) if draw(rarely) else None
    valid_until = draw(bound) if draw(rarely) else None
    return WeeklySpan(weekday, opens, closes, valid_from, valid_until)


@st.composite
def weeks(draw: st.DrawFn, around: date) -> tuple[WeeklySpan, ...]:
    """Hours of the days near the one that matters; up to two spans a day."""
    found = []
    for offset in (-1, 0, 1):
        weekday = (around + timedelta(days=offset)).weekday()
        for _ in range(draw(st.sampled_from([1, 2, 0]))):
            found.append(draw(spans(weekday, around)))
    return tuple(found)


@st.composite
def timings(draw: st.DrawFn) -> ServiceTiming:
    minutes = draw(lengths)
    start = draw(st.integers(0, minutes))
    processing = draw(st.one_of(st.just(0), st.integers(0, minutes - start)))
    if processing == minutes:
        processing = 0
    return ServiceTiming(minutes, draw(st.sampled_from([0, 0, 5, 15])), draw(st.sampled_from([0, 0, 10, 7])), start, processing)


@st.composite
def closures(draw: st.DrawFn, around: date, branch_ids: list[str], staff_ids: list[str]) -> SchedulingClosure:
    repeats = draw(st.sampled_from(["never", "weekly", "yearly"]))
    back = {"never": 0, "weekly": 21, "yearly": 365}[repeats]
    starts = datetime.combine(around, datetime.min.time()) + timedelta(minutes=draw(minutes_of_day), days=draw(st.integers(-1, 1)) - back)
    return SchedulingClosure(
        starts,
        starts + timedelta(minutes=draw(st.one_of(st.integers(10, 300), st.integers(10, 300), st.just(1440)))),
        kind=draw(st.sampled_from(["closure", "sick", "vacation"])),
        repeats=repeats,
        until=draw(st.one_of(st.none(), st.just(around))),
        branch_id=draw(st.one_of(st.sampled_from(branch_ids), st.none())),
        staff_id=draw(st.one_of(st.sampled_from(staff_ids), st.none())),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[SlotQuery, SchedulingData]:
    timezone = draw(st.sampled_from(sorted(DAYS)))
    day = draw(st.sampled_from(DAYS[timezone]))
    branch_ids = draw(st.sampled_from([["north"], ["north", "south"]]))
    staff_ids = draw(st.sampled_from([["anna"], ["anna", "ben"], ["anna", "ben", "cem"]]))
    midnight = datetime.combine(day, datetime.min.time(), UTC)

    # calm worlds are always open, so that bookings, rooms and processing times decide and not the hours
    calm = draw(st.booleans())
    always = tuple(WeeklySpan(weekday, 0, 1440) for weekday in range(7))

    def instants() -> st.SearchStrategy[datetime]:
        return st.integers(-100, 1500).map(lambda n: midnight + timedelta(minutes=n))

    branches = tuple(
        SchedulingBranch(i, timezone if i == "north" else draw(st.sampled_from([timezone, "UTC"])), always if calm else draw(weeks(day)),
               region=HolidayRegion("DE", draw(st.sampled_from([None, "BY", "BE"]))), observes_holidays=not calm and draw(rarely))
        for i in branch_ids
    )  # fmt: skip
    services = tuple(
        SchedulingService(
            f"service{n}",
            draw(timings()),
            capacity=draw(st.sampled_from([1, 1, 3])),
            room_kinds=draw(st.sampled_from([(), (), ("chair",), ("chair", "basin")])),
        )
        for n in range(draw(st.integers(1, 2)))
    )
    people = tuple(
        SchedulingStaffMember(
            i,
            hours=tuple((draw(st.sampled_from(branch_ids)), span) for span in draw(weeks(day)))
            if not calm and draw(st.sampled_from([False, False, True]))
            else (),
        )
        for i in staff_ids
    )
    offers = tuple(
        StaffServiceOffer(
            service.id, person.id, branch.id,
            timing=draw(st.one_of(st.none(), st.none(), timings())),
            notice_minutes=120 if draw(rarely) else None,
            horizon_days=1 if draw(rarely) else None,
            restriction="desk_only" if not calm and draw(rarely) else None,
        )
        for service in services for person in people for branch in branches if not draw(rarely)
    )  # fmt: skip
    rooms = tuple(
        SchedulingRoom(f"room{n}", draw(st.sampled_from(branch_ids)), ["chair", "basin"][n % 2], draw(st.integers(1, 3)))
        for n in range(draw(st.integers(2, 6)))
    )
    resources = [*staff_ids, *(room.id for room in rooms)]
    busy = tuple(
        BusyInterval.from_times(
            draw(st.sampled_from(resources)), start, start + timedelta(minutes=draw(st.integers(1, 200))),
            holder_id=draw(st.sampled_from(["b1", "b2"])), before=draw(st.sampled_from([0, 10])), after=draw(st.sampled_from([0, 10])),
        )
        for start in (draw(instants()) for _ in range(draw(st.integers(0, 9))))
    )  # fmt: skip
    sessions = tuple(
        SchedulingGroupSession(
            f"session{n}", draw(st.sampled_from(services)).id, draw(st.sampled_from(staff_ids)), draw(st.sampled_from(branch_ids)),
            draw(instants()), 3, draw(st.integers(1, 3)),
        )
        for n in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    special = tuple(
        SpecialDay(
            day + timedelta(days=draw(st.integers(-1, 1))),
            tuple((s.opens, s.closes) for s in draw(weeks(day))[:2]) if draw(st.booleans()) else (),
            draw(st.one_of(st.none(), st.sampled_from(branch_ids))),
            draw(st.one_of(st.none(), st.sampled_from(staff_ids))),
        )
        for _ in range(0 if calm else draw(st.sampled_from([0, 0, 0, 0, 1, 2])))
    )
    closed = tuple(draw(st.lists(closures(day, branch_ids, staff_ids), max_size=0 if calm else 1)))
    facts = SchedulingData(
        branches, services, people, offers, rooms, closed, special, busy, sessions,
        grid_minutes=draw(st.sampled_from([5, 7, 15, 30, 45, 60])), notice_minutes=draw(st.sampled_from([0, 0, 60])), horizon_days=365,
    )  # fmt: skip
    parts = tuple(
        VisitPart(draw(st.sampled_from(services)).id, draw(st.sampled_from(staff_ids)) if draw(rarely) else None)
        for _ in range(draw(st.sampled_from([1, 1, 2])))
    )
    starts_from = midnight + timedelta(minutes=draw(st.integers(-100, 1000)))
    question = SlotQuery(
        parts, starts_from, starts_from + timedelta(minutes=draw(st.integers(30, 900))),
        now=starts_from - timedelta(seconds=draw(st.sampled_from([86400 * 3, 86400 * 3, 3600, 90, -1800]))),
        branch_id=draw(st.one_of(st.none(), st.sampled_from(branch_ids))),
        seats=2 if draw(rarely) else 1, max_gap=draw(st.sampled_from([0, 0, 10])),
        ignoring=frozenset(draw(st.sampled_from([[], [], ["b1"]]))), any_start=draw(st.sampled_from([False, False, True])),
    )  # fmt: skip
    return question, facts
