"""Turns rows into the calendar's facts, in six queries whatever the number of past bookings."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app.core.extensions import db
from app.domain.calendar.axis import DAY, minute_of, minute_reaching
from app.domain.calendar.facts import (
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
)
from app.domain.companies.policies import Policies, load_policies
from app.models import (
    Branch as BranchRow,
    BranchService,
    BusySpan,
    Closure as ClosureRow,
    Company,
    GroupSession,
    Resource,
    Service as ServiceRow,
    StaffBranch,
    StaffMember,
    StaffService,
    WorkingHours,
)  # fmt: skip
from app.models.service import TIMES

MARGIN = timedelta(days=3)
# longer stretches are written in pieces (bookings/occupying), so that no look-up has to go back further
LONGEST_SPAN = DAY
Weekly = dict[tuple[str, str | None], list[WeeklySpan]]


def load_facts(question: Question, *, for_callers: bool = False, everywhere: bool = False) -> Facts:
    """What the calendar must know to answer the question, at its branch or (`everywhere`, or none asked for) at all.

    `for_callers` bars what policies leave to the desk. Rooms and busy stretches of other branches are not loaded.
    """
    branch_id = None if everywhere else question.branch_id
    branch_rows = _branch_rows(branch_id)
    policies = load_policies()
    offer_rows = _offer_rows({part.service_id for part in question.parts}, branch_id)
    staff_ids = {row.staff_id for row in offer_rows}
    branches = {row.id: row for row in branch_rows}
    weekly, special = _hours(list(branches), staff_ids, question)
    kinds = {kind for row in offer_rows for kind in row.room_kinds}
    rooms = tuple(_room(row) for row in branch_rows if row.room_id and row.kind in kinds)
    busy, sessions = _engagements(staff_ids | {room.id for room in rooms}, _reach(offer_rows, question), question)
    general = policies.rules()
    return Facts(
        branches=tuple(_branch(row, weekly[row.id, None], policies) for row in branches.values()),
        services=tuple({row.service_id: _service(row) for row in offer_rows}.values()),
        people=tuple({row.staff_id: _person(row, weekly) for row in offer_rows}.values()),
        offers=tuple(_offer(row, policies, for_callers) for row in offer_rows),
        rooms=rooms,
        closures=_closures(question),
        special_days=special,
        busy=busy,
        sessions=sessions,
        grid_minutes=general.grid_minutes,
        notice_minutes=general.notice_minutes,
        horizon_days=general.horizon_days,
    )


def _branch_rows(branch_id: str | None) -> Sequence[Any]:
    """Active branches with their country and, one row each, their rooms."""
    wanted = (
        select(
            BranchRow.id, BranchRow.name, BranchRow.zone, BranchRow.state, Company.country,
            Resource.id.label("room_id"), Resource.kind, Resource.places, Resource.name.label("room_name"),
        )
        .join(Company, Company.id == BranchRow.company_id)
        .outerjoin(Resource, and_(Resource.branch_id == BranchRow.id, Resource.is_active))
        .where(BranchRow.is_active)
        .order_by(BranchRow.name, BranchRow.id, Resource.name, Resource.id)
    )  # fmt: skip
    return db.session.execute(wanted.where(BranchRow.id == branch_id) if branch_id else wanted).all()


def _offer_rows(service_ids: set[str], branch_id: str | None) -> Sequence[Any]:
    """Who does which of these services at which branch, with the times of service, branch and person side by side."""
    times = [
        getattr(model, name).label(f"{prefix}_{name}")
        for prefix, model in (("service", ServiceRow), ("branch", BranchService), ("own", StaffService))
        for name in (*TIMES, "price_cents")
    ]
    wanted = (
        select(
            StaffMember.id.label("staff_id"), StaffMember.name.label("staff_name"), StaffBranch.branch_id,
            ServiceRow.id.label("service_id"), ServiceRow.name.label("service_name"), ServiceRow.capacity, ServiceRow.room_kinds, *times,
        )
        .join(StaffBranch, StaffBranch.staff_id == StaffMember.id)
        .join(StaffService, StaffService.staff_id == StaffMember.id)
        .join(ServiceRow, ServiceRow.id == StaffService.service_id)
        .outerjoin(BranchService, and_(BranchService.service_id == ServiceRow.id, BranchService.branch_id == StaffBranch.branch_id))
        .where(StaffMember.is_active, ServiceRow.is_active, ServiceRow.id.in_(service_ids))
        .where(or_(BranchService.is_offered.is_(None), BranchService.is_offered))
        .order_by(StaffMember.position, StaffMember.name, StaffMember.id)
    )  # fmt: skip
    return db.session.execute(wanted.where(StaffBranch.branch_id == branch_id) if branch_id else wanted).all()


def _hours(branch_ids: list[str], staff_ids: set[str], question: Question) -> tuple[Weekly, tuple[SpecialDay, ...]]:
    """Weekly spans by branch and person (None: the branch itself), and the special days near the window.

    A person's hours at other branches come too: who has own hours anywhere does not follow this branch's.
    """
    row = WorkingHours
    near = row.day.between((question.starts_from - MARGIN).date(), (question.starts_before + MARGIN).date())
    of_branches, of_people = and_(row.staff_id.is_(None), row.branch_id.in_(branch_ids)), row.staff_id.in_(staff_ids)
    wanted = (
        select(row.branch_id, row.staff_id, row.weekday, row.day, row.opens, row.closes, row.valid_from, row.valid_until, row.name)
        .where(or_(row.day.is_(None), near), or_(of_branches, of_people))
        .order_by(row.id)
    )
    weekly: Weekly = defaultdict(list)
    dates: dict[tuple[date, str, str | None], list[tuple[int, int]]] = defaultdict(list)
    names: dict[tuple[date, str, str | None], str] = {}
    for branch_id, staff_id, weekday, day, opens, closes, valid_from, valid_until, name in db.session.execute(wanted):
        if weekday is not None:
            weekly[branch_id, staff_id].append(WeeklySpan(weekday, opens, closes, valid_from, valid_until))
            continue
        assert day is not None
        key = (day, branch_id, staff_id)
        names[key] = name or ""
        dates[key] += [(opens, closes)] if closes > opens else []
    return weekly, tuple(SpecialDay(key[0], tuple(dates[key]), key[1], key[2], name) for key, name in names.items())


def _closures(question: Question) -> tuple[Closure, ...]:
    first = (question.starts_from - MARGIN).replace(tzinfo=None)
    last = (question.starts_before + MARGIN).replace(tzinfo=None)
    row = ClosureRow
    wanted = select(row.starts, row.ends, row.kind, row.repeats, row.until, row.branch_id, row.staff_id, row.name)
    once, again = and_(row.repeats == "never", row.ends > first, row.starts < last), and_(row.repeats != "never", row.starts < last)
    found: Sequence[Any] = db.session.execute(wanted.where(or_(once, again))).all()
    return tuple(Closure(r.starts, r.ends, r.kind, r.repeats, r.until, r.branch_id, r.staff_id, r.name or "") for r in found)


def _engagements(resource_ids: set[str], reach: int, question: Question) -> tuple[tuple[Busy, ...], tuple[Session, ...]]:
    """The busy stretches that bookings in the window could touch, and the group sessions behind some of them."""
    first, last = minute_of(question.starts_from) - reach, minute_reaching(question.starts_before) + reach
    span, session = BusySpan, GroupSession
    wanted = (
        select(
            span.resource_id, span.first_minute, span.end_minute, span.kind, span.taken_by,
            session.id, session.service_id, session.staff_id, session.branch_id, session.starts_at, session.seats, session.taken,
        )
        .outerjoin(session, session.id == span.taken_by)
        .where(span.resource_id.in_(resource_ids), span.first_minute >= first - LONGEST_SPAN, span.first_minute < last)
        .where(span.end_minute > first, or_(span.expires_at.is_(None), span.expires_at > question.now))
    )  # fmt: skip
    rows: Sequence[Any] = db.session.execute(wanted).all()
    busy, sessions = [], {}
    for row in rows:
        busy.append(Busy(*row[:5]))
        if row[5] is not None:
            sessions[row[5]] = Session(*row[5:])
    return tuple(busy), tuple(sessions.values())


def _reach(offer_rows: Sequence[Any], question: Question) -> int:
    """How many minutes beyond the window a visit that starts in it can reach."""
    longest: dict[str, int] = defaultdict(int)
    for row in offer_rows:
        longest[row.service_id] = max(longest[row.service_id], _timing(row, "service", "branch", "own").around)
    return sum(longest[part.service_id] + question.max_gap for part in question.parts)


def _room(row: Any) -> Room:
    return Room(row.room_id, row.id, row.kind, row.places, row.room_name)


def _branch(row: Any, hours: list[WeeklySpan], policies: Policies) -> Branch:
    keeps = policies.rules(branch_id=row.id).keeps_holidays
    return Branch(row.id, row.zone, tuple(hours), row.name, row.country, row.state, keeps)


def _person(row: Any, weekly: Weekly) -> Person:
    own = tuple((branch_id, span) for (branch_id, staff_id), spans in weekly.items() if staff_id == row.staff_id for span in spans)
    return Person(row.staff_id, row.staff_name, own)


def _service(row: Any) -> Service:
    return Service(row.service_id, _timing(row, "service"), row.service_name, row.capacity, tuple(row.room_kinds))


def _offer(row: Any, policies: Policies, for_callers: bool) -> Offer:
    rules = policies.rules(branch_id=row.branch_id, service_id=row.service_id, staff_id=row.staff_id)
    return Offer(
        row.service_id,
        row.staff_id,
        row.branch_id,
        timing=_timing(row, "service", "branch", "own"),
        notice_minutes=rules.notice_minutes,
        horizon_days=rules.horizon_days,
        barred="desk_only" if for_callers and not rules.callers_may_book else None,
        price_cents=_narrowest(row, "price_cents", "service", "branch", "own"),
    )


def _timing(row: Any, *levels: str) -> Timing:
    """The times of the narrowest level that has its own; a processing time that no longer fits into a shortened service falls away."""
    minutes, before, after, processing_from, processing = (_narrowest(row, name, *levels) for name in TIMES)
    if processing_from + processing > minutes or processing >= minutes:
        processing_from = processing = 0
    return Timing(minutes, before, after, processing_from, processing)


def _narrowest(row: Any, name: str, *levels: str) -> Any:
    values = [getattr(row, f"{level}_{name}") for level in levels]
    return next((value for value in reversed(values) if value is not None), None)
