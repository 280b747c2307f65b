"""Notifications to customers about bookings: confirmation, waitlist offer, and links to their own pages."""

from typing import cast

from flask_babel import force_locale
from sqlalchemy import select

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.message_time_format import format_clock, get_time_values
from app.domain.bookings.message_writer import (
    get_name_value,
    get_place_values,
    get_scope,
    get_series_values,
    get_values,
    list_visits_of_series,
)
from app.domain.bookings.self_service_links import CUSTOMER_LINK_LIFETIME, create_customer_link, create_link_url
from app.domain.bookings.status import get_rules
from app.domain.bookings.waitlist import renew_offer_token
from app.domain.notifications.message_policies import load_message_policies
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import (
    NotificationDraft,
    explain_unreachable,
    find_recipient,
    queue_notification,
    set_recipient,
)
from app.domain.notifications.quiet_hours import find_recipient_timezone
from app.domain.notifications.sender_accounts import is_set_up, receives_replies
from app.domain.notifications.template_versions import TemplateScope
from app.domain.notifications.validity import is_outdated
from app.models import (
    Booking,
    BookingChange,
    Branch,
    Call,
    Company,
    Customer,
    Hold,
    Notification,
    Service,
    WaitlistEntry,
    WaitlistOffer,
)
from app.providers.messaging.base import Channel

# these sources confirm to the customer themselves
SELF_CONFIRMING_SOURCES = ("calcom", "simulator")


def queue_confirmation(booking_id: str, *, notify: bool | None = None) -> Notification | None:
    """Queue the confirmation of a booking, one per visit and one per series; None without an address, or if it is switched off.

    `notify` None: by the company's rules. Without an account to send it over the row tells that it was not sent.
    """
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first()
    if booking is None or booking.source in SELF_CONFIRMING_SOURCES or not booking.is_active or booking.starts_at <= now():
        return None
    if not (get_rules(booking).notify_program_changes or booking.source != "api" if notify is None else notify):
        return None
    customer, destination = db.session.get(Customer, booking.customer_id) if booking.customer_id else None, find_destination(booking)
    if customer is None or destination is None:
        return None
    return queue_link(booking, customer, cause=build_confirmation_key(booking), is_reply=_was_made_by_customer(booking))


def build_confirmation_key(booking: Booking) -> str:
    """The idempotency key of the confirmation of a booking."""
    return f"booked:{booking.series_id or booking.visit_id or booking.id}"


def send_booking_link(booking: Booking, *, cause: str) -> Notification | None:
    """Queue a message with the link to the booking's page, even without a set-up channel; None without a customer.

    Somebody asks for it, so it does not wait for the morning.
    """
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return queue_link(booking, customer, cause=cause, is_reply=True) if customer else None


def queue_replacement(row: Notification) -> Notification | None:
    """Tell the customer another way what a message said that did not arrive; None where it is untrue by now, or nothing else is known."""
    kind, _colon, booking_id = row.subject.partition(":")
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if kind == "booking" else None
    if booking is None or not booking.is_upcoming or is_outdated(row):
        return None
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    other: Channel = "email" if row.channel == "sms" else "sms"
    recipient = find_recipient(customer, number=booking.contact_phone, email=booking.contact_email, only=(other,))
    if customer is None or recipient is None or not is_set_up(other):
        return None
    return queue_link(booking, customer, cause=f"undelivered:{row.id}", recipient=recipient)


def queue_offer(offer_id: str) -> Notification | None:
    """Queue the offer with its expiring link, even without contact data: then staff pass it on."""
    offer = db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.id == offer_id)).first()
    if offer is None or offer.status != "offered":
        return None
    entry, hold = db.session.get_one(WaitlistEntry, offer.entry_id), db.session.get_one(Hold, offer.hold_id)
    customer = db.session.get_one(Customer, entry.customer_id)
    destination = find_recipient(customer, number=entry.contact_phone, email=entry.contact_email)
    title, body = _write_offer(offer, destination[0] if destination else None)
    letter = NotificationDraft("waitlist_offer", f"offer:{offer.id}", f"offer:{offer.id}", body, title, offer.expires_at, hold.branch_id)
    return queue_notification(letter, destination, customer_id=customer.id)


def rewrite_offer(row: Notification) -> tuple[str, str] | None:
    """Title and text of an offer that goes over another channel than it was written for; None where it does not stand any more."""
    offer = db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.id == row.subject.partition(":")[2])).first()
    return _write_offer(offer, row.channel) if offer is not None and offer.status == "offered" else None


def _write_offer(offer: WaitlistOffer, channel: str | None) -> tuple[str, str]:
    """With a new link; that it can be answered is said where a text message can be."""
    entry, hold = db.session.get_one(WaitlistEntry, offer.entry_id), db.session.get_one(Hold, offer.hold_id)
    customer, company = db.session.get_one(Customer, entry.customer_id), db.session.get_one(Company, offer.company_id)
    link = f"{settings().public_base}/b/{renew_offer_token(offer)}"
    service = db.session.get_one(Service, entry.service_id)
    is_answerable = channel == "sms" and receives_replies()
    with force_locale(customer.language or company.language):
        values = {
            "company": company.name, "customer": _get_waiting_name(entry, customer), "what": service.name,
            **get_time_values(hold.starts_at, hold.timezone), **get_place_values(db.session.get_one(Branch, hold.branch_id)),
            "until": format_clock(offer.expires_at, hold.timezone), "link": link,
        }  # fmt: skip
        return render_message("offered_by_text" if is_answerable else "offered", values, TemplateScope(hold.branch_id, service.id))


def find_destination(booking: Booking, *, channel: Channel | None = None) -> tuple[Channel, str] | None:
    """Channel and address for this booking: its own contact data, else the customer's; as they prefer it, else over `channel`."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return find_recipient(customer, number=booking.contact_phone, email=booking.contact_email, channel=channel)


def readdress_planned(customer: Customer) -> None:
    """Address anew what is planned for this customer and not written yet, after their contact data changed."""
    planned = select(Notification).where(Notification.customer_id == customer.id, Notification.status == "pending")
    rows = db.session.scalars(planned.where(Notification.body.is_(None), Notification.subject.startswith("booking:"))).all()
    ids = [row.subject.partition(":")[2] for row in rows]
    bookings = {f"booking:{booking.id}": booking for booking in db.session.scalars(select(Booking).where(Booking.id.in_(ids)))}
    for row in rows:
        if booking := bookings.get(row.subject):
            set_recipient(row, find_destination(booking, channel=cast(Channel | None, row.preferred_channel)))


def find_unreachable_reason(booking: Booking) -> str | None:
    """Why no message about this booking gets to its customer in time: no_way, opted_out, not_set_up …, or night; None where one does."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    recipient = find_destination(booking)
    reason = explain_unreachable(customer, recipient)
    if reason is None and recipient is not None and _is_quiet_until_start(booking, recipient):
        return "night"
    return reason


def _is_quiet_until_start(booking: Booking, recipient: tuple[Channel, str]) -> bool:
    """Whether what is changed now by others than the customer is held until the appointment has begun."""
    quiet = load_message_policies().rules().get_quiet_hours(find_recipient_timezone(recipient, booking.timezone))
    return quiet.includes(now()) and quiet.get_end(now()) >= booking.starts_at


def send_customer_link(call: Call, customer: Customer, destination: tuple[Channel, str]) -> Notification:
    """Queue a link to the customer's future bookings, once per call; raises TooManyRequests over the daily limit."""
    cause = f"identity:{call.id}:{customer.id}"
    if existing := db.session.scalars(select(Notification).where(Notification.idempotency_key == cause)).first():
        return existing
    company = db.session.get_one(Company, call.company_id)
    link = f"{settings().public_base}/b/{create_customer_link(call, customer, destination[1])}"
    with force_locale(customer.language or company.language):
        values = {"company": company.name, "customer": get_name_value(customer.name), "link": link}
        title, body = render_message("own_appointments", values, TemplateScope(call.branch_id))
    letter = NotificationDraft(
        "customer_link", f"customer:{customer.id}", cause, body, title, now() + CUSTOMER_LINK_LIFETIME, call.branch_id
    )
    return queue_notification(letter, destination, customer_id=customer.id)


def queue_link(
    booking: Booking, customer: Customer, *, cause: str, is_reply: bool = False, recipient: tuple[Channel, str] | None = None
) -> Notification | None:
    """Queue the message with the booking's time and link, once per cause; to its contact where no recipient is given."""
    existing = db.session.scalars(select(Notification).where(Notification.idempotency_key == cause)).first()
    if existing:
        return existing
    company = db.session.get_one(Company, booking.company_id)
    with force_locale(customer.language or company.language):
        visits = list_visits_of_series(booking) if cause == f"booked:{booking.series_id}" else [booking]
        values = get_values(booking) | {"link": create_link_url(booking), **get_series_values(visits)}
        name = "requested" if booking.status == "pending" else "booked"
        title, body = render_message(name if len(visits) < 2 else f"series_{name}", values, get_scope(booking))
    letter = NotificationDraft(
        "booking_link", f"booking:{booking.id}", cause, body, title, booking.starts_at, booking.branch_id, is_reply=is_reply
    )
    return queue_notification(letter, recipient or find_destination(booking), customer_id=customer.id)


def _was_made_by_customer(booking: Booking) -> bool:
    made = select(BookingChange.actor_type).where(BookingChange.booking_id == booking.id, BookingChange.action == "made")
    return db.session.scalar(made.limit(1)) == "caller"


def _get_waiting_name(entry: WaitlistEntry, customer: Customer) -> str | None:
    """The name on record, unless another contact was given for this entry."""
    return None if entry.contact_phone or entry.contact_email else get_name_value(customer.name)
