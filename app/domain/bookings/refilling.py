"""What a cancelled or moved booking left free goes to the waitlist."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.waitlist import offer_freed
from app.models import Booking, BookingChange, WaitlistEntry, WaitlistOffer

RECENT = timedelta(minutes=15)


def refill(booking_id: str) -> WaitlistOffer | None:
    """Offers the time that this booking gave free to the next who waits; doing it again offers nothing twice."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first()
    freed = _freed(booking) if booking else None
    if freed is None or freed[1] <= now():
        return None
    return offer_freed(*freed)


def recently_cancelled() -> list[str]:
    """Bookings of the company at work, cancelled a moment ago, whose time is still to come: what a lost job may have missed."""
    wanted = select(Booking.id).where(
        Booking.status == "cancelled", Booking.starts_at > now(), Booking.cancelled_at > now() - RECENT
    )  # fmt: skip
    return list(db.session.scalars(wanted.order_by(Booking.cancelled_at)))


def companies_that_wait() -> list[str]:
    """Companies with somebody on the list; to be asked inside every_company."""
    return list(db.session.scalars(select(WaitlistEntry.company_id).where(WaitlistEntry.status == "waiting").distinct()))


def companies_with_late_offers() -> list[str]:
    """Companies with an offer that was not answered in time; to be asked inside every_company."""
    late = select(WaitlistOffer.company_id).where(WaitlistOffer.status == "offered", WaitlistOffer.expires_at <= now())
    return list(db.session.scalars(late.distinct()))


def _freed(booking: Booking) -> tuple[str, datetime, datetime] | None:
    """Branch, start and end of what the booking has left: its own time when it is cancelled, else where it was last moved from."""
    if booking.status == "cancelled":
        return booking.branch_id, booking.starts_at, booking.ends_at
    moves = select(BookingChange.before).where(BookingChange.booking_id == booking.id, BookingChange.action == "moved")
    before = db.session.scalars(moves.order_by(BookingChange.id.desc()).limit(1)).first()
    if not before:
        return None
    starts_at, ends_at = (before.get(name) for name in ("starts_at", "ends_at"))
    return (
        before.get("branch_id") or booking.branch_id,
        datetime.fromisoformat(starts_at) if starts_at else booking.starts_at,
        datetime.fromisoformat(ends_at) if ends_at else booking.ends_at,
    )
