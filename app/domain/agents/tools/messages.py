"""Functions that reach a person or send something: request_callback, take_message, send_link, transfer_call."""

import hashlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core import metrics
from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.phone import display
from app.domain.agents.opening_hours import opening_now
from app.domain.agents.tools.argument_parsing import asks_for
from app.domain.agents.tools.booking_lookup import meant_booking, told_extents
from app.domain.agents.tools.caller_identity import number_of
from app.domain.agents.tools.caller_verification import send_code
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.emergency_override import forward_number
from app.domain.agents.tools.phrasing import say_booking, say_when
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done, refused
from app.domain.agents.tools.verification_fallbacks import desk_number, link_recipient, not_verified
from app.domain.bookings.notifications import send_identity_link, send_link_to_customer, way_about
from app.domain.language.parser import read_when
from app.domain.language.time_expression import When, instant
from app.domain.notifications.channels import is_set_up
from app.domain.tasks.lifecycle import make_task
from app.events import NotificationQueued, TaskUpdated
from app.models import Booking, Notification

SOON = timedelta(hours=1)


class Callback(Arguments):
    name: str | None = Field(None, description="Who wants to be called.")
    phone: str | None = Field(None, description="Another number than the one that calls.")
    when: str | None = Field(None, description="When it suits, as said.")
    reason: str | None = Field(None, description="What it is about.")


@tool("request_callback", Callback, effect=True)
def request_callback(situation: Situation, given: Callback) -> Answer:
    """Notes that a person shall call back."""
    number = number_of(situation, given.phone)
    if number is None:
        return refused("missing", asks_for("phone"), fields=["phone"])
    when = read_when(given.when, situation.moment, situation.zone, situation.language) if given.when else When()
    due_at = _due(situation, when)
    with force_locale(situation.company.language):
        title = _("Rückruf: %(who)s", who=given.name or _known_name(situation) or display(number))
        details = "\n".join(filter(None, (given.reason, given.when and _("Wunsch: %(when)s", when=given.when), display(number))))
    task = make_task("callback", title, source_ref=f"callback:{situation.call.id}", call=situation.call, details=details, due_at=due_at)
    if task.details != details or task.due_at != due_at:
        task.title, task.details, task.due_at = title[:200], details, due_at
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
    say = (
        _("Wir rufen Sie %(when)s zurück.", when=say_when(situation, due_at, situation.zone))
        if when.day and when.at is not None
        else _("Ich habe den Rückruf notiert, wir melden uns bis spätestens %(when)s.", when=say_when(situation, due_at, situation.zone))
    )
    return done(say, task_id=task.id, due_at=situation.local(due_at).isoformat())


def _known_name(situation: Situation) -> str | None:
    customer = situation.caller.customer
    return customer.name if customer else None


def _due(situation: Situation, when: When) -> datetime:
    """At the time that was wished for; else within the hour, or when it opens again."""
    if when.day and not when.is_ambiguous:
        at = when.at or when.at_from or time(when.minutes()[0] // 60)
        wished = instant(when.day, at, situation.zone)
        if wished > situation.moment:
            return wished
    is_open, opens_at = opening_now(situation.branch, situation.moment)
    soon = situation.moment + SOON
    return (soon if is_open or opens_at is None else opens_at + SOON).astimezone(ZoneInfo("UTC"))


class Message(Arguments):
    text: str | None = Field(None, description="The message, in the caller's words.")
    name: str | None = Field(None, description="Who leaves it.")
    phone: str | None = Field(None, description="Another number than the one that calls.")


@tool("take_message", Message, effect=True)
def take_message(situation: Situation, given: Message) -> Answer:
    """Takes a message for the business."""
    if not situation.call.keeps_words:
        return refused("declined", _("Ich schreibe ja nichts mit. Soll Sie jemand zurückrufen? Dann können Sie es selbst sagen."))
    if given.text is None:
        return refused("missing", asks_for("text"), fields=["text"])
    number = number_of(situation, given.phone)
    customer = situation.caller.customer
    who = given.name or (customer.name if customer else None) or (display(number) if number else None)
    with force_locale(situation.company.language):
        title = _("Nachricht von %(who)s", who=who) if who else _("Nachricht ohne Namen")
    cause = hashlib.sha256(given.text.encode()).hexdigest()[:16]
    details = "\n".join(filter(None, (given.text, display(number) if number else None)))
    task = make_task("message", title, source_ref=f"message:{situation.call.id}:{cause}", call=situation.call, details=details)
    return done(_("Ich richte es aus."), task_id=task.id)


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
    publish(NotificationQueued(situation.company.id, row.id))
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
    publish(NotificationQueued(situation.company.id, row.id))
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


class Transfer(Arguments):
    reason: str | None = Field(None, description="What it is about.")


@tool("transfer_call", Transfer)
def transfer_call(situation: Situation, _given: Transfer) -> Answer:
    """Tells where the caller can be put through to a person."""
    number = forward_number(situation) or desk_number(situation)
    if not number:
        return refused("not_available", _("Gerade kann ich Sie nicht verbinden. Soll ich einen Rückruf notieren?"))
    if not opening_now(situation.branch, situation.moment)[0]:
        return done(_("Gerade ist geschlossen, ich versuche trotzdem, Sie zu verbinden."), number=number)
    return done(_("Ich verbinde Sie, einen Augenblick bitte."), number=number)
