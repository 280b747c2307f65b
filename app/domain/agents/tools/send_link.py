"""send_link: sends something to the caller: a code, or the way to their booking's own page."""

from datetime import timedelta

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.announcements import announce
from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.appointments import meant_booking
from app.domain.agents.recognising import send_code
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_when
from app.domain.agents.toolbox import Arguments, tool
from app.domain.bookings.telling import send_link_to_customer
from app.domain.notifications.channels import is_set_up
from app.domain.notifications.writing import way_to
from app.events import MessageWritten
from app.models import Booking, Customer, Notification

BOOKING = frozenset({"booking", "appointment", "termin", "link"})
# a link that has just left need not be sent again
JUST_NOW = timedelta(minutes=10)


class Link(Arguments):
    kind: str | None = Field(None, description="What to send: code, or booking (the page where they see, move or cancel it).")
    channel: str | None = Field(None, description="sms or email.")
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The day of the booking, as said.")


@tool("send_link", Link, effect=True)
def send_link(situation: Situation, given: Link) -> Answer:
    """Sends the caller a code, or the link to their appointment, by text message, where that is set up."""
    kind = (given.kind or "booking").casefold()
    if kind == "code":
        return send_code(situation)
    if kind in BOOKING:
        return _send_booking(situation, meant_booking(situation, "hear", booking_id=given.booking_id, date=given.date))
    return refused("not_available", _("Das kann ich Ihnen leider nicht schicken."))


def _send_booking(situation: Situation, booking: Booking) -> Answer:
    """Only to where we know the customer, whatever number is said: the link lets its reader cancel."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    way = way_to(customer) if customer else None
    if way is None or not is_set_up(way[0]):
        return refused("not_available", _("Nachrichten kann ich von hier leider nicht verschicken."))
    row = _on_its_way(booking) or send_link_to_customer(booking, cause=f"asked:{situation.call.id}:{booking.id}")
    assert row is not None
    announce(MessageWritten(situation.company.id, row.id))
    when = say_when(situation, booking.starts_at, booking.zone)
    say = (
        _("Den Link zu Ihrem Termin %(when)s schicke ich Ihnen per SMS.", when=when)
        if row.channel == "sms"
        else _("Den Link zu Ihrem Termin %(when)s schicke ich Ihnen per E-Mail.", when=when)
    )
    return done(say, notification_id=row.id, booking_id=booking.id)


def _on_its_way(booking: Booking) -> Notification | None:
    """The confirmation or change with its link that has just been sent, or is about to be."""
    lately = select(Notification).where(
        Notification.subject == f"booking:{booking.id}", Notification.kind.in_(("booking_link", "booking_moved")),
        Notification.status.in_(("pending", "sent")), Notification.created_at > now() - JUST_NOW,
    )  # fmt: skip
    return db.session.scalars(lately.order_by(Notification.id.desc()).limit(1)).first()
