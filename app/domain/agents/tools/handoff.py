"""Functions that reach a person or send something: request_callback, take_message, send_link, transfer_call."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from flask_babel import force_locale, gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core import metrics
from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.phone import display
from app.domain.agents.opening_hours_lookup import get_opening_status
from app.domain.agents.tools.back_references import relate_to_mention
from app.domain.agents.tools.booking_lookup import get_disclosure_scopes, resolve_booking
from app.domain.agents.tools.call_tasks import RequestCallbackArgs, build_callback_ref, find_same_callback, read_args
from app.domain.agents.tools.callback_times import resolve_callback_time, say_callback_time
from app.domain.agents.tools.caller_contact import resolve_phone
from app.domain.agents.tools.caller_verification import send_code
from app.domain.agents.tools.clarification import get_question
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.emergency_override import find_emergency_forward_number
from app.domain.agents.tools.phrasing import say_booking
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.spelled_arguments import read_said_name
from app.domain.agents.tools.verification_fallbacks import find_link_recipient, find_transfer_number, reject_unverified
from app.domain.bookings.notifications import find_destination, send_booking_link, send_customer_link
from app.domain.customers.name_matching import fold_name
from app.domain.language.parsed_time import TimeExpression
from app.domain.language.parser import parse_time_expression
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.tasks.lifecycle import create_task
from app.events import NotificationQueued, TaskUpdated
from app.models import Booking, Notification


@tool("request_callback", RequestCallbackArgs, has_effect=True, runs_in_emergency=True)
def request_callback(context: ToolContext, args: RequestCallbackArgs) -> ToolResult:
    """Notes that a person shall call back; another person or another reason is another callback."""
    args = read_args(context, args)
    earlier, said = find_same_callback(context, args) or (None, args)
    number = resolve_phone(context, said.phone)
    if number is None:
        return reject("missing", get_question("phone"), fields=["phone"])
    wished = relate_to_mention(context, said.when, context.timezone)
    when = parse_time_expression(wished, context.now, context.timezone, context.language) if wished else TimeExpression()
    wish = resolve_callback_time(context, when)
    due = {"due_at": wish.due_at, "due_kind": wish.kind, "due_until": wish.until}
    if earlier and earlier.due_at and args.when is None:
        wish = replace(wish, due_at=earlier.due_at)
        due = {"due_at": earlier.due_at, "due_kind": earlier.due_kind, "due_until": earlier.due_until}
    with force_locale(context.company.language):
        title = _("Rückruf: %(who)s", who=said.name or _find_customer_name(context) or display(number))
        details = "\n".join(filter(None, (said.reason, said.when and _("Wunsch: %(when)s", when=said.when), display(number))))
    task = earlier or create_task("callback", title, source_ref=build_callback_ref(context), call=context.call, details=details, **due)
    said_now = {"title": title[:200], "details": details, **due}
    if any(getattr(task, name) != value for name, value in said_now.items()):
        for name, value in said_now.items():
            setattr(task, name, value)
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
    say = say_callback_time(context, wish)
    if args.phone:
        say = _("%(done)s Die Nummer ist %(number)s.", done=say, number=display(number, context.company.country))
    return succeed(say, task_id=task.id, due_at=context.to_local(wish.due_at).isoformat())


def _find_customer_name(context: ToolContext) -> str | None:
    customer = context.caller.customer
    return customer.name if customer else None


class TakeMessageArgs(ToolArgs):
    text: str | None = Field(None, description="The message, in the caller's words.")
    name: str | None = Field(None, description="Who leaves it.")
    phone: str | None = Field(None, description="Another number than the one that calls.")


@tool("take_message", TakeMessageArgs, has_effect=True, runs_in_emergency=True)
def take_message(context: ToolContext, args: TakeMessageArgs) -> ToolResult:
    """Takes a message for the business."""
    if not context.call.keeps_words:
        return reject("declined", _("Ich schreibe ja nichts mit. Soll Sie jemand zurückrufen? Dann können Sie es selbst sagen."))
    if args.text is None:
        return reject("missing", get_question("text"), fields=["text"])
    number = resolve_phone(context, args.phone)
    customer = context.caller.customer
    name = read_said_name(context, args.name)
    who = name or (customer.name if customer else None) or (display(number) if number else None)
    with force_locale(context.company.language):
        title = _("Nachricht von %(who)s", who=who) if who else _("Nachricht ohne Namen")
    # the same words from another person, or with another number, are another message
    cause = hashlib.sha256("\n".join((args.text, fold_name(name or ""), number or "")).encode()).hexdigest()[:16]
    details = "\n".join(filter(None, (args.text, display(number) if number else None)))
    task = create_task("message", title, source_ref=f"message:{context.call.id}:{cause}", call=context.call, details=details)
    return succeed(_("Ich richte es aus."), task_id=task.id)


BOOKING_KINDS = frozenset({"booking", "appointment", "termin", "link"})
IDENTITY_KINDS = frozenset({"identity", "identitaet", "identität", "verification", "appointments", "termine"})
# a link sent within this interval is not sent again
RESEND_INTERVAL = timedelta(minutes=10)


class SendLinkArgs(ToolArgs):
    kind: str | None = Field(
        None, description="code; booking (the page of one appointment); identity (all appointments, for a caller who cannot be verified)."
    )
    channel: str | None = Field(None, description="sms or email.")
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The day of the booking, as said.")


@tool("send_link", SendLinkArgs, has_effect=True)
def send_link(context: ToolContext, args: SendLinkArgs) -> ToolResult:
    """Sends the caller a code, or a link to their appointments, by text message or e-mail, and only to what is on record."""
    kind = (args.kind or "booking").casefold()
    if kind == "code":
        return send_code(context)
    if kind in IDENTITY_KINDS:
        return _send_customer_link(context)
    if kind in BOOKING_KINDS:
        # without permission the link leads to all appointments, so that the answer reveals none
        is_heard = context.caller.can_hear_all or _has_booked(context)
        return _send_booking_link(context, args) if is_heard else _send_customer_link(context)
    return reject("not_available", _("Das kann ich Ihnen leider nicht schicken."))


def _send_customer_link(context: ToolContext) -> ToolResult:
    """Send to the address on record only: the link allows viewing, moving and cancelling."""
    recipient = find_link_recipient(context)
    if recipient is None:
        metrics.IDENTITY_MESSAGES.labels("link", "none", "not_possible").inc()
        return reject_unverified(context)
    customer, channel, address = recipient
    row = send_customer_link(context.call, customer, (channel, address))
    publish(NotificationQueued(context.company.id, row.id))
    metrics.IDENTITY_MESSAGES.labels("link", channel, "sent").inc()
    say = (
        _("Ich schicke Ihnen einen Link an die Nummer, die wir von Ihnen haben, damit können Sie selbst verschieben und absagen.")
        if channel == "sms"
        else _(
            "Ich schicke Ihnen einen Link an die E-Mail-Adresse, die wir von Ihnen haben, damit können Sie selbst verschieben und absagen."
        )
    )
    return succeed(say, notification_id=row.id)


def _has_booked(context: ToolContext) -> bool:
    return db.session.scalar(select(Booking.id).where(Booking.call_id == context.call.id).limit(1)) is not None


def _send_booking_link(context: ToolContext, args: SendLinkArgs) -> ToolResult:
    """Send to the booking's contact, else the customer's."""
    booking = resolve_booking(context, "hear", booking_id=args.booking_id, date=args.date)
    way = find_destination(booking)
    if way is None or not is_set_up(way[0]):
        return reject_unverified(context) if not context.caller.is_verified else _reject_sending()
    row = _find_recent_notification(booking) or send_booking_link(booking, cause=f"asked:{context.call.id}:{booking.id}")
    assert row is not None
    publish(NotificationQueued(context.company.id, row.id))
    if booking.id not in get_disclosure_scopes(context, [booking]):
        return succeed(_("Den Link zu Ihrem Termin schicke ich Ihnen."), notification_id=row.id, booking_id=booking.id)
    when = say_booking(context, booking)
    say = (
        _("Den Link zu Ihrem Termin %(when)s schicke ich Ihnen per SMS.", when=when)
        if row.channel == "sms"
        else _("Den Link zu Ihrem Termin %(when)s schicke ich Ihnen per E-Mail.", when=when)
    )
    return succeed(say, notification_id=row.id, booking_id=booking.id)


def _reject_sending() -> ToolResult:
    return reject("not_available", _("Nachrichten kann ich von hier leider nicht verschicken."))


def _find_recent_notification(booking: Booking) -> Notification | None:
    """Find the notification with the booking's link that was sent recently or is pending."""
    lately = select(Notification).where(
        Notification.subject == f"booking:{booking.id}", Notification.kind.in_(("booking_link", "booking_moved")),
        Notification.status.in_(("pending", "sent")), Notification.created_at > now() - RESEND_INTERVAL,
    )  # fmt: skip
    return db.session.scalars(lately.order_by(Notification.id.desc()).limit(1)).first()


class TransferCallArgs(ToolArgs):
    reason: str | None = Field(None, description="What it is about.")


@tool("transfer_call", TransferCallArgs)
def transfer_call(context: ToolContext, _args: TransferCallArgs) -> ToolResult:
    """Tells where the caller can be put through to a person."""
    number = find_emergency_forward_number(context) or find_transfer_number(context)
    if not number:
        return reject("not_available", _("Gerade kann ich Sie nicht verbinden. Soll ich einen Rückruf notieren?"))
    if not get_opening_status(context.branch, context.now)[0]:
        return succeed(_("Gerade ist geschlossen, ich versuche trotzdem, Sie zu verbinden."), number=number)
    return succeed(_("Ich verbinde Sie, einen Augenblick bitte."), number=number)
