"""The calendar of a branch by person: bookings and holds with buffers and processing times, and shifts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from app.core.calendar_scope import get_calendar
from app.core.clock import now
from app.core.extensions import db
from app.domain.scheduling.free_busy import list_work_intervals
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.minute_bits import MinuteAxis, iter_intervals, to_minute, to_minute_ceil
from app.domain.scheduling.opening_hours import build_opening, build_shift_mask
from app.domain.scheduling.types import BusyInterval, SchedulingData, SchedulingStaffMember, SlotQuery, VisitPart
from app.models import Booking, Customer, GroupSession, Hold, Service, StaffBranch, StaffMember

Span = tuple[datetime, datetime]
MIN_BUFFER = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DayScheduleEntry:
    """A booking, a group of bookings or a hold of one person.

    `work` are the intervals of the person's work, with processing time between them; `buffers` surround them.
    """

    kind: str
    id: str
    staff_id: str
    service_id: str
    service: str
    names: tuple[str | None, ...]
    status: str
    starts_at: datetime
    ends_at: datetime
    work: tuple[Span, ...]
    buffers: tuple[Span, ...] = ()
    by_call: bool = False
    version: int = 1
    expires_at: datetime | None = None
    seats: int | None = None
    # codes of what the desk ignored
    overridden: tuple[str, ...] = ()

    @property
    def processing(self) -> list[Span]:
        return [(earlier[1], later[0]) for earlier, later in zip(self.work, self.work[1:], strict=False) if earlier[1] < later[0]]


@dataclass(frozen=True, slots=True)
class StaffColumn:
    """One person's days; `shift` are the intervals of work while the branch is open."""

    staff_id: str
    name: str
    entries: list[DayScheduleEntry]
    shift: list[Span]


@dataclass(frozen=True)
class BranchSchedule:
    columns: list[StaffColumn]
    open: list[Span]
    services: list[Service]
    busy: dict[str, list[Span]] = field(default_factory=dict)


def load_day_schedule(branch_id: str, since: datetime, until: datetime) -> BranchSchedule:
    """Load the columns of all staff of the branch, or with bookings at it, in [since, until), in the company's order.

    A reader who sees one person's appointments only gets that person's column.
    """
    services = list(db.session.scalars(select(Service).order_by(Service.position, Service.name, Service.id)))
    parts = tuple(VisitPart(service.id) for service in services if service.is_active and not service.parts)
    data = load_scheduling_data(SlotQuery(parts, since, until, now(), branch_id=branch_id)) if parts else None
    bookings, sessions = _load_bookings(branch_id, since, until), _load_sessions(branch_id, since, until)
    people = _load_staff(branch_id, {row.Booking.staff_id for row in bookings})
    if data is None or not data.branches:
        return BranchSchedule([], [], services)
    spans: dict[tuple[str, str], list[BusyInterval]] = defaultdict(list)
    for busy in data.busy:
        spans[busy.resource_id, busy.holder_id].append(busy)
    entries = [*_build_booking_entries(bookings, sessions, spans, data), *_build_hold_entries(branch_id, since, until, spans)]
    branch, axis = data.branches[0], MinuteAxis(to_minute(since), to_minute_ceil(until) - to_minute(since))
    opened = build_opening(branch, data, axis).open
    staff = {person.id: person for person in data.people}
    columns = []
    for staff_id, name in people:
        shift = opened & build_shift_mask(staff.get(staff_id) or SchedulingStaffMember(staff_id, name), branch, data, axis)
        own_entries = sorted((entry for entry in entries if entry.staff_id == staff_id), key=lambda entry: (entry.starts_at, entry.id))
        columns.append(StaffColumn(staff_id, name, own_entries, _mask_to_times(axis, shift)))
    taken = {staff_id: [_to_times(busy) for busy in data.busy if busy.resource_id == staff_id] for staff_id, _name in people}
    return BranchSchedule(columns, _mask_to_times(axis, opened), services, taken)


def _load_bookings(branch_id: str, since: datetime, until: datetime) -> Sequence[Any]:
    statement = (
        select(Booking, Service.name.label("service"), Customer.name.label("customer"))
        .join(Service, and_(Service.company_id == Booking.company_id, Service.id == Booking.service_id))
        .outerjoin(Customer, and_(Customer.company_id == Booking.company_id, Customer.id == Booking.customer_id))
        .where(Booking.branch_id == branch_id, Booking.status != "cancelled", Booking.ends_at > since)
        .where(Booking.starts_at >= since - timedelta(days=1), Booking.starts_at < until)
        .order_by(Booking.starts_at, Booking.id)
    )
    return db.session.execute(statement).all()


def _load_sessions(branch_id: str, since: datetime, until: datetime) -> dict[str, GroupSession]:
    statement = select(GroupSession).where(
        GroupSession.branch_id == branch_id, GroupSession.starts_at < until, GroupSession.ends_at > since
    )
    return {session.id: session for session in db.session.scalars(statement)}


def _load_staff(branch_id: str, with_bookings: set[str]) -> list[tuple[str, str]]:
    branch_staff = select(StaffBranch.staff_id).where(StaffBranch.branch_id == branch_id)
    statement = select(StaffMember.id, StaffMember.name, StaffMember.is_active).order_by(StaffMember.position, StaffMember.name)
    rows = db.session.execute(statement.where(StaffMember.id.in_(branch_staff) | StaffMember.id.in_(with_bookings)))
    calendar = get_calendar()
    return [(row.id, row.name) for row in rows if (row.is_active or row.id in with_bookings) and calendar in (None, row.id)]


def _build_booking_entries(
    rows: Sequence[Any], sessions: dict[str, GroupSession], spans: dict[tuple[str, str], list[BusyInterval]], data: SchedulingData
) -> Iterable[DayScheduleEntry]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.Booking.session_id or row.Booking.id].append(row)
    for key, together in groups.items():
        first: Booking = together[0].Booking
        session = sessions.get(key)
        taken = spans.get((first.staff_id, session.id if session else first.occupant), [])
        work, buffers = _get_work_and_buffers(first, taken, data)
        yield DayScheduleEntry(
            "group" if session else "booking", first.id, first.staff_id, first.service_id, together[0].service,
            tuple(row.customer for row in together), first.status, first.starts_at, first.ends_at, work, buffers,
            by_call=first.source in ("call", "simulator"), version=first.version,
            seats=session.seats - session.extra_seats if session else None,
            overridden=tuple(code for row in together for code in row.Booking.overridden or ()),
        )  # fmt: skip


def _build_hold_entries(
    branch_id: str, since: datetime, until: datetime, spans: dict[tuple[str, str], list[BusyInterval]]
) -> Iterable[DayScheduleEntry]:
    statement = (
        select(Hold, Service.name)
        .join(Service, and_(Service.company_id == Hold.company_id, Service.id == Hold.service_id))
        .where(Hold.branch_id == branch_id, Hold.active(), Hold.starts_at < until, Hold.ends_at > since)
    )
    for hold, service in db.session.execute(statement):
        for staff_id in dict.fromkeys(part["staff_id"] for part in hold.parts):
            intervals = [_strip_buffers(busy) for busy in spans.get((staff_id, hold.id), [])] or [(hold.starts_at, hold.ends_at)]
            yield DayScheduleEntry(
                "hold", hold.id, staff_id, hold.service_id, service, (), "held", min(intervals)[0], max(end for _start, end in intervals),
                ((min(intervals)[0], max(end for _start, end in intervals)),), by_call=hold.call_id is not None, expires_at=hold.expires_at,
            )  # fmt: skip


def _get_work_and_buffers(booking: Booking, taken: list[BusyInterval], data: SchedulingData) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Work and buffers from the stored busy intervals; when those are deleted, from the service's timing."""
    own_intervals = sorted(busy for busy in taken if _overlaps(_strip_buffers(busy), (booking.starts_at, booking.ends_at)))
    if own_intervals:
        work = [_strip_buffers(busy) for busy in own_intervals]
        buffers = [(_to_times(own_intervals[0])[0], work[0][0]), (work[-1][1], _to_times(own_intervals[-1])[1])]
        return tuple(work), tuple(span for span in buffers if span[1] - span[0] >= MIN_BUFFER)
    key = (booking.service_id, booking.staff_id, booking.branch_id)
    offer = next((offer for offer in data.offers if (offer.service_id, offer.staff_id, offer.branch_id) == key), None)
    if offer is None or offer.timing is None or booking.ends_at - booking.starts_at != offer.timing.minutes * MINUTE:
        return ((booking.starts_at, booking.ends_at),), ()
    stretches_of_it = list_work_intervals(offer.timing)
    return tuple((booking.starts_at + start * MINUTE, booking.starts_at + end * MINUTE) for start, end in stretches_of_it), ()


def _overlaps(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _strip_buffers(busy: BusyInterval) -> Span:
    start, end = _to_times(busy)
    return start + busy.before * MINUTE, end - busy.after * MINUTE


def _to_times(busy: BusyInterval) -> Span:
    axis = MinuteAxis(0, 1)
    return axis.instant_at(busy.start), axis.instant_at(busy.end)


def _mask_to_times(axis: MinuteAxis, mask: int) -> list[Span]:
    return [(axis.instant_at(start), axis.instant_at(end)) for start, end in iter_intervals(mask)]
