"""Days that no longer verify a caller: disclosed in calls or messages, or set by callers themselves."""

from collections.abc import Collection
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.notifications.message_kinds import PLANNED_KINDS
from app.models import Booking, BookingChange, Call, Customer, Notification, ToolCall

# visits older than this do not verify
BOOKING_LOOKBACK = timedelta(days=400)
# period during which a disclosed day does not verify a caller
DISCLOSURE_LOOKBACK = timedelta(days=90)


def get_provable_days(call: Call, customer: Customer) -> set[date]:
    """Get the days of the customer's bookings that were not disclosed to a caller."""
    statement = select(Booking.id, Booking.starts_at, Booking.timezone).where(
        Booking.customer_id == customer.id,
        Booking.status.in_(("pending", "confirmed", "done")),
        Booking.starts_at > now() - BOOKING_LOOKBACK,
    )
    days = {row.id: row.starts_at.astimezone(ZoneInfo(row.timezone)).date() for row in db.session.execute(statement)}
    if not days:
        return set()
    known_days = {days[booking_id] for booking_id in _find_scheduled_by_callers(days) | _find_notified(days)}
    return set(days.values()) - known_days - _find_disclosed_in_calls(call, customer)


def _find_scheduled_by_callers(booking_ids: Collection[str]) -> set[str]:
    """Find bookings with a time last set by a caller or through a link."""
    rows = select(BookingChange.booking_id, BookingChange.actor_type).where(
        BookingChange.booking_id.in_(booking_ids), BookingChange.action.in_(("made", "moved"))
    )
    last = {row.booking_id: row.actor_type for row in db.session.execute(rows.order_by(BookingChange.id))}
    return {booking_id for booking_id, actor_type in last.items() if actor_type == "caller"}


def _find_notified(booking_ids: Collection[str]) -> set[str]:
    """Find bookings with a notification that was sent or is pending; one planned for later has told nothing yet."""
    subjects = {f"booking:{booking_id}": booking_id for booking_id in booking_ids}
    rows = select(Notification.subject).where(
        Notification.subject.in_(subjects),
        Notification.status.in_(("pending", "sent")),
        or_(Notification.created_at > now() - DISCLOSURE_LOOKBACK, Notification.finished_at > now() - DISCLOSURE_LOOKBACK),
        or_(Notification.kind.not_in(PLANNED_KINDS), Notification.first_sent_at.is_not(None)),
    )
    return {subjects[subject] for subject in db.session.scalars(rows)}


def _find_disclosed_in_calls(call: Call, customer: Customer) -> set[date]:
    """Find days disclosed in calls from this number, the customer's numbers or of the customer."""
    numbers = {call.from_number, *(identifier.value for identifier in customer.identifiers if identifier.kind == "phone")}
    of_customer = or_(Call.from_number.in_(filter(None, numbers)), Call.customer_id == customer.id)
    rows = select(ToolCall.disclosed_days).join(Call, Call.id == ToolCall.call_id)
    disclosed = db.session.scalars(
        rows.where(of_customer, Call.started_at > now() - DISCLOSURE_LOOKBACK, ToolCall.disclosed_days.is_not(None))
    )
    return {date.fromisoformat(day) for days in disclosed for day in days or ()}
