"""Which appointments an answer may be about: those of which a message to this number spoke within its time, else all that are ahead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.notifications.message_kinds import get_kind
from app.domain.notifications.message_limits import hash_recipient
from app.models import Booking, Customer, CustomerIdentifier, Notification

# how long after a message an answer is one to it, without having to say so
ANSWER_TIME = timedelta(days=3)
MAX_UPCOMING = 50
MAX_MESSAGES = 50


@dataclass(frozen=True, slots=True)
class OpenAppointments:
    """`candidates` are first parts of visits, the next one first. `past` is the appointment of the last message where only that can
    be meant, and it has begun, is over or cancelled."""

    candidates: tuple[Booking, ...] = ()
    past: Booking | None = None


def find_open_appointments(number: str) -> OpenAppointments:
    """Find what an answer from this number may be about, in the current company."""
    upcoming = list_upcoming(number)
    messages = list_recent_messages(number)
    spoken_of = _load_occupants(messages)
    candidates = tuple(booking for booking in upcoming if booking.occupant in spoken_of)
    if candidates:
        return OpenAppointments(candidates)
    if messages and (past := _find_booking(messages[0])) is not None:
        return OpenAppointments(past=past)
    return OpenAppointments(tuple(upcoming))


def list_asked(number: str, since: datetime) -> list[Booking]:
    """List the visits ahead about which a reminder to this number is not answered, or of which a message has spoken since."""
    messages = [
        row
        for row in list_recent_messages(number)
        if (get_kind(row.kind).expects_answer and row.answered_at is None) or (row.finished_at and row.finished_at > since)
    ]
    spoken_of = _load_occupants(messages)
    return [booking for booking in list_upcoming(number) if booking.occupant in spoken_of]


def list_upcoming(number: str) -> list[Booking]:
    """List the visits ahead whose contact this number is, or whose customer has it, each by its first part."""
    owners = select(CustomerIdentifier.customer_id).where(CustomerIdentifier.kind == "phone", CustomerIdentifier.value == number)
    theirs = or_(Booking.contact_phone == number, and_(Booking.contact_phone.is_(None), Booking.customer_id.in_(owners)))
    statement = select(Booking).where(Booking.upcoming(), theirs).order_by(Booking.starts_at, Booking.id).limit(MAX_UPCOMING)
    first_parts: dict[str, Booking] = {}
    for booking in db.session.scalars(statement.execution_options(populate_existing=True)):
        first_parts.setdefault(booking.occupant, booking)
    return list(first_parts.values())


def list_customers(number: str) -> list[Customer]:
    """List the customers who have this number, the oldest first."""
    owners = select(CustomerIdentifier.customer_id).where(CustomerIdentifier.kind == "phone", CustomerIdentifier.value == number)
    return list(db.session.scalars(select(Customer).where(Customer.id.in_(owners)).order_by(Customer.created_at, Customer.id)))


def list_recent_messages(number: str) -> list[Notification]:
    """List the messages about appointments that went to this number and may still be answered, the newest first."""
    sent = select(Notification).where(
        Notification.recipient_index == hash_recipient("sms", number),
        Notification.finished_at > now() - ANSWER_TIME,
        Notification.status == "sent",
        Notification.subject.startswith("booking:"),
    )
    return list(db.session.scalars(sent.order_by(Notification.finished_at.desc(), Notification.id.desc()).limit(MAX_MESSAGES)))


def find_answered_message(number: str, booking: Booking) -> Notification | None:
    """Find the message about this appointment that an answer from the number answers."""
    return next((row for row in list_recent_messages(number) if _get_booking_id(row) == booking.id), None)


def _load_occupants(messages: list[Notification]) -> set[str]:
    ids = {_get_booking_id(row) for row in messages}
    return {booking.occupant for booking in db.session.scalars(select(Booking).where(Booking.id.in_(ids)))} if ids else set()


def _find_booking(row: Notification) -> Booking | None:
    return db.session.scalars(select(Booking).where(Booking.id == _get_booking_id(row))).first()


def _get_booking_id(row: Notification) -> str:
    return row.subject.partition(":")[2]
