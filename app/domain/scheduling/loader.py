"""Turns rows into the calendar's facts, in six queries whatever the number of past bookings."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.domain.companies.policies import Policies, load_policies
from app.domain.scheduling import queries
from app.domain.scheduling.minute_bits import DAY, minute_of, minute_reaching
from app.domain.scheduling.queries import BUSY, BUSY_BRIEF, BUSY_WITH_GROUPS, CLOSURES, HOURS, LEVEL_COLUMNS, OWN, rows_of
from app.domain.scheduling.types import (
    Branch,
    Busy,
    Closure,
    Facts,
    Offer,
    Person,
    Question,
    Room,
    Service,
    Session,
    SpecialDay,
    Timing,
    WeeklySpan,
)  # fmt: skip

MARGIN = timedelta(days=3)
# longer stretches are written in pieces (bookings/occupying), so that no look-up has to go back further
LONGEST_SPAN = DAY
# beyond it nobody asks why a time is taken, only whether: who took it and the buffers are not loaded
WIDE = timedelta(days=2)
Weekly = dict[tuple[str, str | None], list[WeeklySpan]]


def load_facts(question: Question, *, for_callers: bool = False, everywhere: bool = False) -> Facts:
    """What the calendar must know to answer the question, at its branch or (`everywhere`, or none asked for) at all.

    `for_callers` bars what policies leave to the desk. Rooms and busy stretches of other branches are not loaded.
    """
    branch_id = None if everywhere else question.branch_id
    branch_rows = queries.branch_rows(branch_id)
    policies = load_policies()
    services_asked = sorted({part.service_id for part in question.parts})
    # a question about opening hours names no service: then there is nobody and nothing to be busy
    offer_rows = queries.offer_rows(services_asked, branch_id) if services_asked else ()
    staff_ids = {row.staff_id for row in offer_rows}
    branches = {row.id: row for row in branch_rows}
    weekly, special = _hours(list(branches), staff_ids, question)
    services = {row.service_id: _service(row) for row in offer_rows}
    kinds = {kind for service in services.values() for kind in service.room_kinds}
    rooms = tuple(_room(row) for row in branch_rows if row.room_id and row.kind in kinds)
    offers = tuple(_offer(row, policies, for_callers) for row in offer_rows)
    groups = any(service.is_group for service in services.values())
    busy, sessions = _engagements(staff_ids | {room.id for room in rooms}, _reach(offers, question), question, groups=groups)
    general = policies.rules()
    return Facts(
        branches=tuple(_branch(row, weekly[row.id, None], policies) for row in branches.values()),
        services=tuple(services.values()),
        people=_people(offer_rows, weekly),
        offers=offers,
        rooms=rooms,
        closures=_closures(question),
        special_days=special,
        busy=busy,
        sessions=sessions,
        grid_minutes=general.grid_minutes,
        notice_minutes=general.notice_minutes,
        horizon_days=general.horizon_days,
    )


def _hours(branch_ids: list[str], staff_ids: set[str], question: Question) -> tuple[Weekly, tuple[SpecialDay, ...]]:
    """Weekly spans by branch and person (None: the branch itself), and the special days near the window.

    A person's hours at other branches come too: who has own hours anywhere does not follow this branch's.
    """
    first, last = (question.starts_from - MARGIN).date(), (question.starts_before + MARGIN).date()
    weekly: Weekly = defaultdict(list)
    dates: dict[tuple[date, str, str | None], list[tuple[int, int]]] = defaultdict(list)
    names: dict[tuple[date, str, str | None], str] = {}
    rows = rows_of(HOURS, first=first, last=last, branches=branch_ids, people=list(staff_ids))
    for branch_id, staff_id, weekday, day, opens, closes, valid_from, valid_until, name in rows:
        if day is None:
            weekly[branch_id, staff_id].append(WeeklySpan(weekday, opens, closes, valid_from, valid_until))
            continue
        key = (day, branch_id, staff_id)
        names[key] = name or ""
        dates[key] += [(opens, closes)] if closes > opens else []
    return weekly, tuple(SpecialDay(key[0], tuple(dates[key]), key[1], key[2], name) for key, name in names.items())


def _closures(question: Question) -> tuple[Closure, ...]:
    first, last = (question.starts_from - MARGIN).replace(tzinfo=None), (question.starts_before + MARGIN).replace(tzinfo=None)
    rows = rows_of(CLOSURES, first=first, last=last)
    return tuple(Closure(r.starts, r.ends, r.kind, r.repeats, r.until, r.branch_id, r.staff_id, r.name or "") for r in rows)


def _engagements(resource_ids: set[str], reach: int, question: Question, *, groups: bool) -> tuple[tuple[Busy, ...], tuple[Session, ...]]:
    """The busy stretches that bookings in the window could touch, and the group sessions behind some of them."""
    if not resource_ids:
        return (), ()
    first, last = minute_of(question.starts_from) - reach, minute_reaching(question.starts_before) + reach
    window = {"earliest": first - LONGEST_SPAN, "first": first, "last": last, "now": question.now}
    if not groups:
        brief = question.starts_before - question.starts_from > WIDE and not question.ignoring
        return tuple(Busy(*row) for row in rows_of(BUSY_BRIEF if brief else BUSY, resources=list(resource_ids), **window)), ()
    rows = rows_of(BUSY_WITH_GROUPS, resources=list(resource_ids), **window)
    sessions = {row[6]: Session(*row[6:]) for row in rows if row[6] is not None}
    return tuple(Busy._make(row[:6]) for row in rows), tuple(sessions.values())


def _reach(offers: Sequence[Offer], question: Question) -> int:
    """How many minutes beyond the window a visit that starts in it can reach."""
    longest: dict[str, int] = defaultdict(int)
    for offer in offers:
        if offer.timing:
            longest[offer.service_id] = max(longest[offer.service_id], offer.timing.around)
    return sum(longest[part.service_id] + question.max_gap for part in question.parts)


def _room(row: Any) -> Room:
    return Room(row.room_id, row.id, row.kind, row.places, row.room_name)


def _branch(row: Any, hours: list[WeeklySpan], policies: Policies) -> Branch:
    keeps = policies.rules(branch_id=row.id).keeps_holidays
    return Branch(row.id, row.zone, tuple(hours), row.name, row.country, row.state, keeps)


def _people(offer_rows: Sequence[Any], weekly: Weekly) -> tuple[Person, ...]:
    own: dict[str, list[tuple[str, WeeklySpan]]] = defaultdict(list)
    for (branch_id, staff_id), spans in weekly.items():
        if staff_id:
            own[staff_id] += [(branch_id, span) for span in spans]
    names = {row.staff_id: row.staff_name for row in offer_rows}
    return tuple(Person(staff_id, name, tuple(own[staff_id])) for staff_id, name in names.items())


def _service(row: Any) -> Service:
    return Service(row.service_id, _timing(_values(row, "service")), row.service_name, row.capacity, tuple(row.room_kinds))


def _offer(row: Any, policies: Policies, for_callers: bool) -> Offer:
    rules = policies.rules(branch_id=row.branch_id, service_id=row.service_id, staff_id=row.staff_id)
    values = _values(row, "service", "branch", "own")
    return Offer(
        row.service_id,
        row.staff_id,
        row.branch_id,
        timing=_timing(values),
        notice_minutes=rules.notice_minutes,
        horizon_days=rules.horizon_days,
        barred="desk_only" if for_callers and not rules.callers_may_book else None,
        price_cents=values[-1],
    )


def _values(row: Any, *levels: str) -> list[Any]:
    """Times and price, each from the narrowest level that has its own."""
    found: list[Any] = [None] * len(OWN)
    for level in levels:
        own = row[LEVEL_COLUMNS[level]]
        found = [was if value is None else value for was, value in zip(found, own, strict=True)]
    return found


def _timing(values: list[Any]) -> Timing:
    """A processing time that no longer fits into a shortened service falls away."""
    minutes, before, after, processing_from, processing, _price = values
    if processing_from + processing > minutes or processing >= minutes:
        processing_from = processing = 0
    return Timing(minutes, before, after, processing_from, processing)
