"""send_link: sends something to the caller: a code, the way to one booking's own page, or the way to all of theirs."""

from datetime import timedelta

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core import metrics
from app.core.clock import now
from app.core.event_bus import announce
from app.core.extensions import db
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.appointments import meant_booking, told_extents
from app.domain.agents.recognising import send_code
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_booking
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.verification import link_recipient, not_verified
from app.domain.bookings.telling import send_identity_link, send_link_to_customer, way_about
from app.domain.notifications.channels import is_set_up
from app.events import MessageWritten
from app.models import Booking, Notification

BOOKING = frozenset({"booking", "appointment", "termin", "link"})
IDENTITY = frozenset({"identity", "identitaet", "identität", "verification", "appointments", "termine"})
# a link that has just left need not be sent again
JUST_NOW = timedelta(minutes=10)


class Link(Arguments):
    kind: str | None = Field(
        None, description="code; booking (the page of one appointment); identity (all appointments, for a caller who cannot be verified)."
    )
    channel: str | None = Field(None, description="sms or email.")
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The day of the booking, as said.")


@tool("send_link", Link, effect=True)
def send_link(situation: Situation, given: Link) -> Answer:
    """Sends the caller a code, or a link to their appointments, by text message or e-mail, and only to what is on record."""
    kind = (given.kind or "booking").casefold()
    if kind == "code":
        return send_code(situation)
    if kind in IDENTITY:
        return _send_identity(situation)
    if kind in BOOKING:
        # who may not hear of appointments gets the way to all of them, so that no answer tells which there are
        is_heard = situation.caller.hears_all or _has_booked(situation)
        return _send_booking(situation, given) if is_heard else _send_identity(situation)
    return refused("not_available", _("Das kann ich Ihnen leider nicht schicken."))


def _send_identity(situation: Situation) -> Answer:
    """Where the record says, whatever number is said: the link lets its reader see, move and cancel."""
    recipient = link_recipient(situation)
    if recipient is None:
        metrics.IDENTITY_MESSAGES.labels("link", "none", "not_possible").inc()
        return not_verified(situation)
    customer, channel, address = recipient
    row = send_identity_link(situation.call, customer, (channel, address))
    announce(MessageWritten(situation.company.id, row.id))
    metrics.IDENTITY_MESSAGES.labels("link", channel, "sent").inc()
    say = (
        _("Ich schicke Ihnen einen Link an die Nummer, die wir von Ihnen haben.")
        if channel == "sms"
        else _("Ich schicke Ihnen einen Link an die E-Mail-Adresse, die wir von Ihnen haben.")
    )
    return done(say, notification_id=row.id)


def _has_booked(situation: Situation) -> bool:
    return db.session.scalar(select(Booking.id).where(Booking.call_id == situation.call.id).limit(1)) is not None


def _send_booking(situation: Situation, given: Link) -> Answer:
    """To where the booking says, else the customer's record."""
    booking = meant_booking(situation, "hear", booking_id=given.booking_id, date=given.date)
    way = way_about(booking)
    if way is None or not is_set_up(way[0]):
        return not_verified(situation) if not situation.caller.is_verified else _nothing_can_be_sent()
    row = _on_its_way(booking) or send_link_to_customer(booking, cause=f"asked:{situation.call.id}:{booking.id}")
    assert row is not None
    announce(MessageWritten(situation.company.id, row.id))
    if booking.id not in told_extents(situation, [booking]):
        return done(_("Den Link zu Ihrem Termin schicke ich Ihnen."), notification_id=row.id, booking_id=booking.id)
    when = say_booking(situation, booking)
    say = (
        _("Den Link zu Ihrem Termin %(when)s schicke ich Ihnen per SMS.", when=when)
        if row.channel == "sms"
        else _("Den Link zu Ihrem Termin %(when)s schicke ich Ihnen per E-Mail.", when=when)
    )
    return done(say, notification_id=row.id, booking_id=booking.id)


def _nothing_can_be_sent() -> Answer:
    return refused("not_available", _("Nachrichten kann ich von hier leider nicht verschicken."))


def _on_its_way(booking: Booking) -> Notification | None:
    """The confirmation or change with its link that has just been sent, or is about to be."""
    lately = select(Notification).where(
        Notification.subject == f"booking:{booking.id}", Notification.kind.in_(("booking_link", "booking_moved")),
        Notification.status.in_(("pending", "sent")), Notification.created_at > now() - JUST_NOW,
    )  # fmt: skip
    return db.session.scalars(lately.order_by(Notification.id.desc()).limit(1)).first()
