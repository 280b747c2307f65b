"""Bookings to come that nobody can carry out: their person, service or branch was switched off, or they no longer go together."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.core.clock import now
from app.core.errors import Conflict
from app.core.extensions import db
from app.domain.scheduling.types import VisitPart
from app.models import Booking, Branch, BranchService, Service, StaffBranch, StaffMember, StaffService

MAX_LISTED = 100


class BookingsAffected(Conflict):
    """The change would leave these bookings to nobody; `booking_ids` are all of them, soonest first."""

    code = "bookings_affected"

    def __init__(self, booking_ids: list[str]) -> None:
        super().__init__(_("Davon sind Termine betroffen, die noch kommen."), count=len(booking_ids))
        self.booking_ids = booking_ids


@contextmanager
def guard_bookings(*, accepted: int, staff_id: str = "", service_id: str = "", branch_id: str = "") -> Iterator[None]:
    """Raise BookingsAffected when the changes inside leave more than `accepted` bookings to nobody; wrap it in a transaction.

    `accepted` is the number that somebody has seen and agreed to; bookings that were left before do not count.
    """
    before = set(_list_ids(staff_id, service_id, branch_id))
    yield
    db.session.flush()
    added = [booking_id for booking_id in _list_ids(staff_id, service_id, branch_id) if booking_id not in before]
    if len(added) > accepted:
        raise BookingsAffected(added)


def list_orphaned(*, branch_ids: Collection[str] = (), staff_id: str = "", service_id: str = "", branch_id: str = "") -> list[Booking]:
    """List them, soonest first, at most MAX_LISTED; `branch_ids` are those that the reader may see, empty: all."""
    statement = select(Booking).where(*_build_conditions(staff_id, service_id, branch_id)).order_by(Booking.starts_at, Booking.id)
    statement = statement.where(Booking.branch_id.in_(branch_ids)) if branch_ids else statement
    return list(db.session.scalars(statement.limit(MAX_LISTED)))


def count_orphaned(*, branch_ids: Collection[str] = (), staff_id: str = "", service_id: str = "", branch_id: str = "") -> int:
    """Count them."""
    statement = select(func.count()).select_from(Booking).where(*_build_conditions(staff_id, service_id, branch_id))
    return db.session.scalar(statement.where(Booking.branch_id.in_(branch_ids)) if branch_ids else statement) or 0


def drop_missing_staff(parts: tuple[VisitPart, ...], branch_id: str) -> tuple[VisitPart, ...]:
    """The parts with anybody in place of a person who no longer does them at this branch."""
    pairs = {(part.service_id, part.staff_id) for part in parts if part.staff_id}
    staff = {staff_id for _service_id, staff_id in pairs}
    statement = (
        select(StaffService.service_id, StaffService.staff_id)
        .join(StaffMember, and_(StaffMember.company_id == StaffService.company_id, StaffMember.id == StaffService.staff_id))
        .join(StaffBranch, and_(StaffBranch.company_id == StaffService.company_id, StaffBranch.staff_id == StaffService.staff_id))
        .where(StaffService.staff_id.in_(staff), StaffMember.is_active, StaffBranch.branch_id == branch_id)
    )
    offered = {tuple(row) for row in db.session.execute(statement)} if staff else set()
    return tuple(part if (part.service_id, part.staff_id) in offered else part._replace(staff_id=None) for part in parts)


def _list_ids(staff_id: str, service_id: str, branch_id: str) -> list[str]:
    statement = select(Booking.id).where(*_build_conditions(staff_id, service_id, branch_id))
    return list(db.session.scalars(statement.order_by(Booking.starts_at, Booking.id)))


def _build_conditions(staff_id: str, service_id: str, branch_id: str) -> list[ColumnElement[bool]]:
    """The conditions for orphaned bookings of a person, service or branch; empty ids do not filter."""
    filters = ((Booking.staff_id, staff_id), (Booking.service_id, service_id), (Booking.branch_id, branch_id))
    chosen = [column == value for column, value in filters if value]
    return [Booking.active(), Booking.ends_at > now(), ~_is_carried_out(), *chosen]


def _is_carried_out() -> ColumnElement[bool]:
    """The condition that person, service and branch of a booking are there and go together."""
    offer = (
        select(StaffService.staff_id)
        .join(StaffMember, and_(StaffMember.company_id == StaffService.company_id, StaffMember.id == StaffService.staff_id))
        .join(Service, and_(Service.company_id == StaffService.company_id, Service.id == StaffService.service_id))
        .join(StaffBranch, and_(StaffBranch.company_id == StaffService.company_id, StaffBranch.staff_id == StaffService.staff_id))
        .join(Branch, and_(Branch.company_id == StaffBranch.company_id, Branch.id == StaffBranch.branch_id))
        .outerjoin(BranchService, and_(BranchService.branch_id == Branch.id, BranchService.service_id == Service.id))
        .where(
            StaffService.company_id == Booking.company_id,
            StaffService.staff_id == Booking.staff_id,
            StaffService.service_id == Booking.service_id,
            StaffBranch.branch_id == Booking.branch_id,
            StaffMember.is_active, Service.is_active, Branch.is_active,
            or_(BranchService.is_offered.is_(None), BranchService.is_offered),
        )
    )  # fmt: skip
    return exists(offer.correlate(Booking))
