"""What is told to customers of their bookings: the confirmation with the link to their own page, an offer, the link to all of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask_babel import force_locale, get_locale, gettext as _
from sqlalchemy import select

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.links import GOOD_FOR_ALL, make_identity_link, make_link
from app.domain.bookings.waitlist import offer_token
from app.domain.notifications.channels import is_set_up
from app.domain.notifications.writing import Letter, way_to, write
from app.models import Booking, Branch, Call, Company, Customer, Hold, Notification, Service, WaitlistEntry, WaitlistOffer
from app.providers.messaging.base import Channel

# who booked there has been told there
TOLD_ELSEWHERE = ("calcom", "simulator", "api")


def confirm_to_customer(booking_id: str) -> Notification | None:
    """Writes the confirmation of a booking down, one for a visit and one for a series; None where it cannot be sent or is not wanted."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first()
    if booking is None or booking.source in TOLD_ELSEWHERE or not booking.is_standing or booking.starts_at <= now():
        return None
    customer, way = db.session.get(Customer, booking.customer_id) if booking.customer_id else None, way_about(booking)
    if customer is None or way is None or not is_set_up(way[0]):
        return None
    return _write_link(booking, customer, cause=f"booked:{booking.series_id or booking.visit_id or booking.id}")


def send_link_to_customer(booking: Booking, *, cause: str) -> Notification | None:
    """Writes down a message with the link to the booking's page, also where nobody can carry it yet; None: nobody to send it to."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return _write_link(booking, customer, cause=cause) if customer else None


def offer_to_customer(offer_id: str) -> Notification | None:
    """Writes the offer with its expiring link down, also where the customer left no way to be reached: then the desk passes it on."""
    offer = db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.id == offer_id)).first()
    if offer is None or offer.status != "offered":
        return None
    entry, hold = db.session.get_one(WaitlistEntry, offer.entry_id), db.session.get_one(Hold, offer.hold_id)
    customer, company = db.session.get_one(Customer, entry.customer_id), db.session.get_one(Company, offer.company_id)
    link = f"{settings().public_base}/b/{offer_token(offer)}"
    service = db.session.get_one(Service, entry.service_id)
    with force_locale(customer.language or company.language):
        body = _(
            "%(company)s: Ein Platz ist frei geworden, %(what)s am %(when)s. Wir halten ihn bis %(until)s Uhr für Sie: %(link)s",
            company=company.name, what=service.name, when=spoken_when(hold.starts_at, hold.zone),
            until=spoken_clock(offer.expires_at, hold.zone), link=link,
        )  # fmt: skip
        title = _("Ein Platz ist frei geworden")
    letter = Letter("waitlist_offer", f"offer:{offer.id}", f"offer:{offer.id}", body, title, offer.expires_at, hold.branch_id)
    way = way_to(customer, number=entry.contact_phone, email=entry.contact_email)
    return write(letter, way, customer_id=customer.id)


def way_about(booking: Booking) -> tuple[Channel, str] | None:
    """How whoever booked is reached about this booking: as they said for it, else as the customer's record says."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    return way_to(customer, number=booking.contact_phone, email=booking.contact_email)


def send_identity_link(call: Call, customer: Customer, way: tuple[Channel, str]) -> Notification:
    """Writes down the link to all that the customer has ahead, once a call. Raises TooMany where too many have left today."""
    cause = f"identity:{call.id}:{customer.id}"
    if known := db.session.scalars(select(Notification).where(Notification.cause == cause)).first():
        return known
    company = db.session.get_one(Company, call.company_id)
    link = f"{settings().public_base}/b/{make_identity_link(call, customer, way[1])}"
    with force_locale(customer.language or company.language):
        body = _("%(company)s: Ihre Termine ansehen, verschieben oder absagen: %(link)s", company=company.name, link=link)
        title = _("Ihre Termine")
    letter = Letter("identity_link", f"customer:{customer.id}", cause, body, title, now() + GOOD_FOR_ALL, call.branch_id)
    return write(letter, way, customer_id=customer.id)


def _write_link(booking: Booking, customer: Customer, *, cause: str) -> Notification | None:
    known = db.session.scalars(select(Notification).where(Notification.cause == cause)).first()
    if known:
        return known
    company, branch = db.session.get_one(Company, booking.company_id), db.session.get_one(Branch, booking.branch_id)
    link = link_to(booking)
    service = db.session.get_one(Service, booking.service_id)
    with force_locale(customer.language or company.language):
        when = spoken_when(booking.starts_at, booking.zone)
        facts = {"company": company.name, "what": service.name, "when": when, "where": branch.name, "link": link}
        body = _("%(company)s: %(what)s am %(when)s, %(where)s, ist gebucht. Ändern oder absagen: %(link)s", **facts)
        if booking.status == "pending":
            body = _("%(company)s: %(what)s am %(when)s, %(where)s, wird noch bestätigt. Ändern oder absagen: %(link)s", **facts)
        title = _("Ihr Termin am %(when)s", when=when)
    letter = Letter("booking_link", f"booking:{booking.id}", cause, body, title, booking.starts_at, booking.branch_id)
    return write(letter, way_about(booking), customer_id=customer.id)


def link_to(booking: Booking) -> str:
    """A new address of the booking's own page."""
    return f"{settings().public_base}/b/{make_link(booking)}"


def spoken_when(instant: datetime, zone: str) -> str:
    locale = get_locale()
    pattern = "EEE d. MMM" if str(locale).startswith("de") else "EEE d MMM"
    day = format_date(instant.astimezone(ZoneInfo(zone)), pattern, locale=locale)
    return _("%(day)s um %(time)s", day=day, time=spoken_clock(instant, zone))


def spoken_clock(instant: datetime, zone: str) -> str:
    return format_time(instant.astimezone(ZoneInfo(zone)), "HH:mm", locale=get_locale())
