"""Notifications to customers about bookings: confirmation, change, waitlist offer, and links to their own pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask_babel import force_locale, get_locale, gettext as _
from sqlalchemy import and_, select

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.core.phone import display
from app.domain.bookings.self_service_links import MAGIC_LINK_LIFETIME, create_link, create_magic_link
from app.domain.bookings.status import get_rules
from app.domain.bookings.waitlist import renew_offer_token
from app.domain.notifications.channels import is_set_up
from app.domain.notifications.outbox import NotificationDraft, find_recipient, list_notifications, queue_notification, withdraw_pending
from app.domain.notifications.validity import changes_statement
from app.models import (
    Booking,
    BookingChange,
    Branch,
    Call,
    Company,
    Customer,
    Hold,
    Notification,
    PhoneNumber,
    Service,
    StaffMember,
    WaitlistEntry,
    WaitlistOffer,
)
from app.providers.messaging.base import Channel

# these sources confirm to the customer themselves
SELF_CONFIRMING_SOURCES = ("calcom", "simulator", "api")


def queue_confirmation(booking_id: str) -> Notification | None:
    """Writes the confirmation of a booking down, one for a visit and one for a series; None where it cannot be sent or is not wanted."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first()
    if booking is None or booking.source in SELF_CONFIRMING_SOURCES or not booking.is_active or booking.starts_at <= now():
        return None
    customer, way = db.session.get(Customer, booking.customer_id) if booking.customer_id else None, find_destination(booking)
    if customer is None or way is None or not is_set_up(way[0]):
        return None
    return _queue_link(booking, customer, cause=f"booked:{booking.series_id or booking.visit_id or booking.id}")


def send_booking_link(booking: Booking, *, cause: str) -> Notification | None:
    """Queue a message with the link to the booking's page, even without a set-up channel; None without a customer."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return _queue_link(booking, customer, cause=cause) if customer else None


def queue_offer(offer_id: str) -> Notification | None:
    """Queue the offer with its expiring link, even without contact data: then staff pass it on."""
    offer = db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.id == offer_id)).first()
    if offer is None or offer.status != "offered":
        return None
    entry, hold = db.session.get_one(WaitlistEntry, offer.entry_id), db.session.get_one(Hold, offer.hold_id)
    customer, company = db.session.get_one(Customer, entry.customer_id), db.session.get_one(Company, offer.company_id)
    link = f"{settings().public_base}/b/{renew_offer_token(offer)}"
    service = db.session.get_one(Service, entry.service_id)
    with force_locale(customer.language or company.language):
        body = _(
            "%(company)s: Ein Platz ist frei geworden, %(what)s am %(when)s. Wir halten ihn bis %(until)s Uhr für Sie: %(link)s",
            company=company.name, what=service.name, when=format_when(hold.starts_at, hold.zone),
            until=format_clock(offer.expires_at, hold.zone), link=link,
        )  # fmt: skip
        title = _("Ein Platz ist frei geworden")
    letter = NotificationDraft("waitlist_offer", f"offer:{offer.id}", f"offer:{offer.id}", body, title, offer.expires_at, hold.branch_id)
    way = find_recipient(customer, number=entry.contact_phone, email=entry.contact_email)
    return queue_notification(letter, way, customer_id=customer.id)


def find_destination(booking: Booking) -> tuple[Channel, str] | None:
    """Channel and address for this booking: its own contact data, else the customer's."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return find_recipient(customer, number=booking.contact_phone, email=booking.contact_email)


def send_magic_link(call: Call, customer: Customer, way: tuple[Channel, str]) -> Notification:
    """Writes down the link to all that the customer has ahead, once a call. Raises TooManyRequests where too many have left today."""
    cause = f"identity:{call.id}:{customer.id}"
    if existing := db.session.scalars(select(Notification).where(Notification.idempotency_key == cause)).first():
        return existing
    company = db.session.get_one(Company, call.company_id)
    link = f"{settings().public_base}/b/{create_magic_link(call, customer, way[1])}"
    with force_locale(customer.language or company.language):
        body = _("%(company)s: Ihre Termine ansehen, verschieben oder absagen: %(link)s", company=company.name, link=link)
        title = _("Ihre Termine")
    letter = NotificationDraft("identity_link", f"customer:{customer.id}", cause, body, title, now() + MAGIC_LINK_LIFETIME, call.branch_id)
    return queue_notification(letter, way, customer_id=customer.id)


def _queue_link(booking: Booking, customer: Customer, *, cause: str) -> Notification | None:
    existing = db.session.scalars(select(Notification).where(Notification.idempotency_key == cause)).first()
    if existing:
        return existing
    company, branch = db.session.get_one(Company, booking.company_id), db.session.get_one(Branch, booking.branch_id)
    link = create_link_url(booking)
    service = db.session.get_one(Service, booking.service_id)
    with force_locale(customer.language or company.language):
        when = format_when(booking.starts_at, booking.zone)
        values = {"company": company.name, "what": service.name, "when": when, "where": branch.name, "link": link}
        body = _("%(company)s: %(what)s am %(when)s, %(where)s, ist gebucht. Ändern oder absagen: %(link)s", **values)
        if booking.status == "pending":
            body = _("%(company)s: %(what)s am %(when)s, %(where)s, wird noch bestätigt. Ändern oder absagen: %(link)s", **values)
        title = _("Ihr Termin am %(when)s", when=when)
    letter = NotificationDraft("booking_link", f"booking:{booking.id}", cause, body, title, booking.starts_at, booking.branch_id)
    return queue_notification(letter, find_destination(booking), customer_id=customer.id)


def create_link_url(booking: Booking) -> str:
    """A new address of the booking's own page."""
    return f"{settings().public_base}/b/{create_link(booking)}"


def format_when(instant: datetime, zone: str) -> str:
    locale = get_locale()
    pattern = "EEE d. MMM" if str(locale).startswith("de") else "EEE d MMM"
    day = format_date(instant.astimezone(ZoneInfo(zone)), pattern, locale=locale)
    return _("%(day)s um %(time)s", day=day, time=format_clock(instant, zone))


def format_clock(instant: datetime, zone: str) -> str:
    return format_time(instant.astimezone(ZoneInfo(zone)), "HH:mm", locale=get_locale())


# a change by staff can be undone this long before the customer is notified
UNDO_WINDOW = timedelta(seconds=60)
KIND_BY_ACTION = {"moved": "booking_moved", "cancelled": "booking_cancelled", "confirmed": "booking_confirmed"}


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A visit, by its first booking, with its latest change; `booking_ids` are all that changed with it, `other_count` further visits."""

    booking: Booking
    change: BookingChange
    booking_ids: tuple[str, ...]
    other_count: int = 0

    @property
    def idempotency_key(self) -> str:
        return f"{self.change.action}:{self.booking.id}:{self.change.version}"


def queue_change_notices(booking_ids: Iterable[str]) -> list[Notification]:
    """Queue the messages about bookings that have just been changed: one a visit, and one for a cancelled series."""
    return [row for notice in _load_notices(set(booking_ids)) if (row := _notify(notice)) is not None]


def _load_notices(booking_ids: set[str]) -> list[ChangeNotice]:
    latest = (
        select(Booking, BookingChange)
        .join(BookingChange, and_(BookingChange.booking_id == Booking.id, BookingChange.version == Booking.version))
        .where(Booking.id.in_(booking_ids))
        .order_by(Booking.starts_at, Booking.id)
    )
    visits: dict[str, list[tuple[Booking, BookingChange]]] = {}
    for booking, change in db.session.execute(latest):
        visits.setdefault(booking.occupant, []).append((booking, change))
    groups: dict[str, list[list[tuple[Booking, BookingChange]]]] = {}
    for visit in visits.values():
        booking, change = visit[0]
        is_series = booking.series_id and change.action == "cancelled"
        groups.setdefault(booking.series_id or "" if is_series else booking.id, []).append(visit)
    return [
        ChangeNotice(
            *group[0][0], booking_ids=tuple(booking.id for visit in group for booking, _change in visit), other_count=len(group) - 1
        )
        for group in groups.values()
    ]


def _notify(notice: ChangeNotice) -> Notification | None:
    """Withdraw the pending messages that the change makes untrue, and queue the one that replaces them."""
    booking, change = notice.booking, notice.change
    if not changes_statement(change):
        return None
    withdrawn = withdraw_pending([f"booking:{booking_id}" for booking_id in notice.booking_ids])
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    way = find_destination(booking)
    if customer is None or booking.starts_at <= now() or way is None or not is_set_up(way[0]):
        return None
    return _queue_change_notice(notice, customer, way, withdrawn) or _confirm_anew(notice, customer, withdrawn)


def _queue_change_notice(
    notice: ChangeNotice, customer: Customer, way: tuple[Channel, str], withdrawn: list[Notification]
) -> Notification | None:
    booking, change = notice.booking, notice.change
    unsent_move = next((row for row in withdrawn if row.kind == "booking_moved"), None)
    # an attempt without a response: the state known to the customer is uncertain
    is_uncertain = any(row.first_sent_at and row.status != "sent" for row in list_notifications(f"booking:{booking.id}"))
    known_state = _get_known_state(booking, unsent_move) if unsent_move and not is_uncertain else change.before or {}
    if not _is_enabled(notice) or (change.action == "moved" and not is_uncertain and _matches(booking, known_state)):
        return None
    company = db.session.get_one(Company, booking.company_id)
    with force_locale(customer.language or company.language):
        title, body = _build_texts(notice, company, known_state)
    letter = NotificationDraft(
        KIND_BY_ACTION[change.action], f"booking:{booking.id}", notice.idempotency_key, body, title, booking.starts_at, booking.branch_id
    )
    wait = UNDO_WINDOW if change.actor_type == "user" and change.action == "moved" else timedelta(0)
    return queue_notification(letter, way, customer_id=customer.id, delay=wait)


def _confirm_anew(notice: ChangeNotice, customer: Customer, withdrawn: list[Notification]) -> Notification | None:
    """A confirmation that the customer never got is queued again with what is true now; None where there is none to replace."""
    booking, confirmations = notice.booking, ("booking_link", "booking_confirmed")
    if not booking.is_active:
        return None
    rows = list_notifications(f"booking:{booking.id}")
    was_told = any(row.status in ("sent", "pending") for row in rows)
    was_withdrawn = any(row.kind in confirmations and row.reason == "overtaken" for row in rows)
    if any(row.kind in confirmations for row in withdrawn) or (was_withdrawn and not was_told):
        return _queue_link(booking, customer, cause=f"booked:{booking.id}:{notice.change.version}")
    return None


def _is_enabled(notice: ChangeNotice) -> bool:
    booking, change = notice.booking, notice.change
    if change.action not in KIND_BY_ACTION or booking.source == "simulator" or change.actor_type == "program":
        return False
    if change.action == "confirmed" and (change.before or {}).get("status") != "pending":
        return False
    rules = get_rules(booking)
    if change.actor_type == "calendar" or booking.source == "calcom":
        return rules.notify_calendar_changes
    return rules.notify_self_service_changes if change.actor_type == "caller" else rules.notify_staff_changes


def _get_known_state(booking: Booking, withdrawn: Notification) -> dict[str, str]:
    """The state last sent to the customer: before the move whose message was withdrawn."""
    version = int(withdrawn.idempotency_key.rpartition(":")[2])
    moved = select(BookingChange.before).where(BookingChange.booking_id == booking.id, BookingChange.version == version)
    return db.session.scalar(moved) or {}


def _matches(booking: Booking, known_state: dict[str, str]) -> bool:
    """Whether the known state matches the booking; missing fields are unchanged."""
    place = {"starts_at": booking.starts_at.isoformat(), "staff_id": booking.staff_id, "branch_id": booking.branch_id}
    return all(known_state.get(name, value) == value for name, value in place.items())


def _build_texts(notice: ChangeNotice, company: Company, known_state: dict[str, str]) -> tuple[str, str]:
    """Title and text, in the language that is set."""
    booking, action = notice.booking, notice.change.action
    known_start = datetime.fromisoformat(known_state["starts_at"]) if "starts_at" in known_state else booking.starts_at
    branch = db.session.get_one(Branch, booking.branch_id)
    values = {
        "company": company.name,
        "what": db.session.get_one(Service, booking.service_id).name,
        "when": format_when(booking.starts_at, booking.zone),
        "where": branch.name,
        "who": db.session.get_one(StaffMember, booking.staff_id).name,
    }
    if action == "cancelled":
        return _("Ihr Termin ist abgesagt"), _build_cancelled_text(notice, values | {"when": format_when(known_start, booking.zone)})
    values["link"] = create_link_url(booking)
    if action == "confirmed":
        return (
            _("Ihr Termin ist bestätigt"),
            _("%(company)s: %(what)s am %(when)s, %(where)s, ist bestätigt. Ändern oder absagen: %(link)s", **values),
        )
    if known_start == booking.starts_at and "branch_id" not in known_state:
        return (
            _("Ihr Termin ist jetzt bei %(who)s", who=values["who"]),
            _("%(company)s: %(what)s am %(when)s ist jetzt bei %(who)s. Ändern oder absagen: %(link)s", **values),
        )
    return (
        _("Ihr Termin ist verschoben"),
        _("%(company)s: %(what)s ist verschoben auf %(when)s, %(where)s, bei %(who)s. Ändern oder absagen: %(link)s", **values),
    )


def _build_cancelled_text(notice: ChangeNotice, values: dict[str, str]) -> str:
    sentence = (
        _("%(company)s: Ihre %(count)s Termine %(what)s ab %(when)s sind abgesagt.", count=notice.other_count + 1, **values)
        if notice.other_count
        else _("%(company)s: %(what)s am %(when)s, %(where)s, ist abgesagt.", **values)
    )
    numbers = select(PhoneNumber.e164).where(PhoneNumber.branch_id == notice.booking.branch_id, PhoneNumber.is_active)
    number = db.session.scalar(numbers.order_by(PhoneNumber.e164).limit(1))
    return f"{sentence} {_('Einen neuen Termin gibt es unter %(number)s.', number=display(number))}" if number else sentence
