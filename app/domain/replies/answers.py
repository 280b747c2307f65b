"""Our answers to text messages: written in the sender's language, and sent over the outbox to the number that wrote."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale, format_decimal, gettext as _
from sqlalchemy import func, select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.phone import may_receive_sms
from app.domain.bookings.message_time_format import format_day, format_when
from app.domain.language.detection import FUNCTION_WORDS
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.suppressions import find_suppressed
from app.domain.replies.reply_text import normalize_reply
from app.events import NotificationQueued
from app.models import Booking, Company, Customer, Hold, InboundMessage, Notification, SatisfactionQuestion, Service, WaitlistOffer

# an answer that comes later than this confuses
LIFETIME = timedelta(hours=6)
# beyond it, two machines are talking
MAX_PER_HOUR = 10
ENGLISH_WORDS = FUNCTION_WORDS["en"] | {"cancel", "reschedule", "later", "earlier", "sure", "no", "yep", "move", "sorry", "cant", "works"}
GERMAN_WORDS = FUNCTION_WORDS["de"] | {"absagen", "verschieben", "spaeter", "frueher", "passt", "leider", "nicht", "klar"}


class Cents(int):
    """An amount, which is written in the language of the answer: "25,00", "25.00"."""


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """A template with its values; times among them are instants and amounts cents, written in the language of the answer."""

    template: str
    booking: Booking | None = None
    values: dict[str, Any] = field(default_factory=dict)
    # of numbered choices: instants, bookings, or offers of the waitlist and questions about a visit beside them
    options: tuple[datetime | Booking | WaitlistOffer | SatisfactionQuestion, ...] = ()


def may_answer(message: InboundMessage) -> bool:
    """Whether an answer may be sent to this number at all: it is set up, not opted out, and no machine that answers us in turn."""
    if not is_set_up("sms") or not may_receive_sms(message.sender) or find_suppressed([message.sender]):
        return False
    sent = select(func.count()).select_from(Notification).where(
        Notification.kind == "reply",
        Notification.recipient_index == message.sender_index,
        Notification.created_at > now() - timedelta(hours=1),
    )  # fmt: skip
    return (db.session.scalar(sent) or 0) < MAX_PER_HOUR


def queue_answer(message: InboundMessage, answer: AnswerDraft) -> Notification:
    """Queue the answer to this message, one however often it is processed."""
    company, customer = db.session.get_one(Company, message.company_id), find_customer(message)
    with force_locale(find_language(message, customer) or company.language):
        title, body = render_message(answer.template, _write_values(answer, company))
    key = f"reply:{message.id}"
    draft = NotificationDraft("reply", key, key, body, title, now() + LIFETIME, message.branch_id, is_reply=True)
    row = queue_notification(draft, ("sms", message.sender), customer_id=message.customer_id)
    row.sender_address = message.line
    publish(NotificationQueued(row.company_id, row.id))
    return row


def find_customer(message: InboundMessage) -> Customer | None:
    return db.session.get(Customer, message.customer_id) if message.customer_id else None


def find_language(message: InboundMessage, customer: Customer | None) -> str | None:
    """The customer's own language, else that of the message; None where neither is known."""
    if customer is not None and customer.language:
        return customer.language
    words = set(normalize_reply(message.body).split())
    german, english = len(words & GERMAN_WORDS), len(words & ENGLISH_WORDS)
    return None if german == english else "de" if german > english else "en"


def _write_values(answer: AnswerDraft, company: Company) -> dict[str, Any]:
    booking = answer.booking
    timezone = booking.timezone if booking else company.timezone
    values = {"company": company.name} | {name: _write_value(value, timezone) for name, value in answer.values.items()}
    if booking is not None:
        values = {"when": format_when(booking.starts_at, booking.timezone), "what": _get_service_name(booking)} | values
    if answer.options:
        values["options"] = ", ".join(f"{number} = {_write_option(option, answer)}" for number, option in enumerate(answer.options, 1))
    return values


def _write_value(value: Any, timezone: str) -> Any:
    if isinstance(value, datetime):
        return format_when(value, timezone)
    return format_decimal(value / 100, "0.00") if isinstance(value, Cents) else value


def _write_option(option: datetime | Booking | WaitlistOffer | SatisfactionQuestion, answer: AnswerDraft) -> str:
    """A time, or an appointment with its service, and with the person's name where several share the number."""
    if isinstance(option, datetime):
        assert answer.booking is not None
        return format_when(option, answer.booking.timezone)
    if isinstance(option, WaitlistOffer):
        hold = db.session.get_one(Hold, option.hold_id)
        service = db.session.get_one(Service, hold.service_id)
        return _("freier Platz %(what)s %(when)s", what=service.name, when=format_when(hold.starts_at, hold.timezone))
    if isinstance(option, SatisfactionQuestion):
        visit = db.session.get_one(Booking, option.booking_id)
        return _("wie Ihr Besuch am %(day)s war", day=format_day(visit.starts_at, visit.timezone))
    people = {other.customer_id for other in answer.options if isinstance(other, Booking)}
    customer = db.session.get(Customer, option.customer_id) if option.customer_id and len(people) > 1 else None
    name = (customer.name or "").split(" ")[0] if customer else ""
    what = f"{name}, {_get_service_name(option)}" if name else _get_service_name(option)
    if any(not isinstance(other, datetime | Booking) for other in answer.options):
        what = _("Ihr Termin %(what)s", what=what)
    return f"{what} {format_when(option.starts_at, option.timezone)}"


def _get_service_name(booking: Booking) -> str:
    return db.session.get_one(Service, booking.service_id).name
