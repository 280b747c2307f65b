"""Writes the messages about bookings: their values, the planned one that leaves now, and the calendar file of a mail."""

import re
from typing import Any, Literal

from flask_babel import force_locale, gettext as _, lazy_gettext as _l, ngettext
from sqlalchemy import select

from app.core.extensions import db
from app.core.phone import display
from app.domain.bookings.calendar_file import IcsEvent, build_ics
from app.domain.bookings.message_time_format import format_when, get_time_values
from app.domain.bookings.self_service_links import create_link_url
from app.domain.notifications.mail_layout import MailContent, lay_out_mail
from app.domain.notifications.message_kinds import get_kind
from app.domain.notifications.message_templates import get_language, render_message
from app.domain.notifications.sender_accounts import find_sender
from app.domain.notifications.template_versions import TemplateScope
from app.models import Booking, Branch, Company, Customer, Notification, PhoneNumber, Service, StaffMember, User
from app.providers.messaging.base import CalendarFile

# letters and what stands between them; a dot only before a blank, as in "Dr. Berg"
NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’,-]|\.(?= |$)){0,79}")
LINK_WORDS = {
    "booking_link": _l("Termin ansehen"), "waitlist_offer": _l("Platz annehmen"), "customer_link": _l("Termine ansehen"),
    "consent_confirmation": _l("Bestätigen"), "proxy_confirmation": _l("Ansehen"),
    "review_request": _l("Bewertung schreiben"), "satisfaction": _l("Antworten"),
}  # fmt: skip
# named in the confirmation of a series
MAX_DATES = 10
Facts = tuple[tuple[str, str], ...]


def render_planned(template: str, row: Notification, booking: Booking) -> tuple[str, str]:
    """Title and text of a planned message that leaves now, with a new link."""
    company, customer = db.session.get_one(Company, booking.company_id), db.session.get_one(Customer, row.customer_id)
    with force_locale(customer.language or company.language):
        return render_message(template, get_values(booking) | {"link": create_link_url(booking)}, get_scope(booking))


def lay_out(row: Notification) -> str:
    """The HTML part of a mail, in the language of its text; of an appointment that stands it shows the facts."""
    company = db.session.get_one(Company, row.company_id)
    branch, booking = db.session.get(Branch, row.branch_id) if row.branch_id else None, find_booking(row)
    with force_locale(_find_language(row) or company.language):
        facts = list_facts(get_values(booking) | _get_visit_values(booking)) if booking and booking.is_active else ()
        return lay_out_mail(build_mail(row.kind, (row.title or "", row.body or ""), company, branch, facts=facts))


def build_mail(kind: str, texts: tuple[str, str], company: Company, branch: Branch | None, *, facts: Facts = ()) -> MailContent:
    """What a mail of this kind shows, in the language that is set."""
    place = get_place_values(branch) if branch else {}
    footer = (company.name, place.get("address"), place.get("phone"))
    words = str(LINK_WORDS.get(kind, LINK_WORDS["booking_link"]))
    lines = tuple(dict.fromkeys(filter(None, footer)))
    return MailContent(company.name, *texts, get_language(), words, facts, lines, is_marketing=get_kind(kind).is_marketing)


def list_facts(values: dict[str, Any]) -> Facts:
    """Service, time, place and person, as a mail shows them beside its text."""
    place = ", ".join(dict.fromkeys((values["where"], values["address"])))
    return ((_("Leistung"), values["what"]), (_("Wann"), values["when"]), (_("Wo"), place), (_("Bei"), values["who"]))


def attach(row: Notification) -> CalendarFile | None:
    """The calendar file of the booking as it stands, for a mail; its SEQUENCE is the booking's version, which every change raises."""
    booking = find_booking(row) if get_kind(row.kind).has_calendar_file else None
    if booking is None:
        return None
    sender = find_sender("email")
    visits = list_visits_of_series(booking) if is_about_series(row, booking) else [booking]
    method: Literal["REQUEST", "CANCEL", "PUBLISH"]
    method = "CANCEL" if booking.status == "cancelled" else "PUBLISH" if len(visits) > 1 else "REQUEST"
    return CalendarFile(method, build_ics(
        [build_event(each) for each in visits], name=db.session.get_one(Company, booking.company_id).name, method=method,
        organizer=sender.address if sender else "", attendee="" if method == "PUBLISH" else row.recipient,
    ))  # fmt: skip


def build_event(booking: Booking, *, place: str | None = None) -> IcsEvent:
    """The entry for the whole visit, under the id of its first booking."""
    visit = list_visit(booking)
    service, company = db.session.get_one(Service, booking.service_id), db.session.get_one(Company, booking.company_id)
    return IcsEvent(
        visit[0].id, f"{service.name}, {company.name}", place or format_place(db.session.get_one(Branch, booking.branch_id)),
        visit[0].starts_at, visit[-1].ends_at, booking.updated_at, booking.version, cancelled=booking.status == "cancelled",
    )  # fmt: skip


def get_values(booking: Booking) -> dict[str, Any]:
    """The values of its templates, in the language that is set; the link is the caller's to make, since each is stored."""
    company, branch = db.session.get_one(Company, booking.company_id), db.session.get_one(Branch, booking.branch_id)
    return {
        "company": company.name,
        "customer": _get_customer_name(booking),
        "what": db.session.get_one(Service, booking.service_id).name,
        **get_time_values(booking.starts_at, booking.timezone),
        "who": db.session.get_one(StaffMember, booking.staff_id).name,
        **get_place_values(branch),
    }


def get_place_values(branch: Branch) -> dict[str, Any]:
    number = _find_number(branch.id)
    return {"where": branch.name, "address": format_place(branch), "phone": display(number) if number else None}


def get_scope(booking: Booking) -> TemplateScope:
    return TemplateScope(booking.branch_id, booking.service_id)


def offer_new_date(branch_id: str) -> str | None:
    """A sentence for whoever's appointment is cancelled; None where the branch has no number."""
    number = _find_number(branch_id)
    return _("Einen neuen Termin gibt es unter %(number)s.", number=display(number)) if number else None


def get_name_value(name: str | None) -> str | None:
    """A name as a message may carry it; None where it might be a link, since callers choose their names."""
    return name if name and NAME.fullmatch(name) else None


def list_visit(booking: Booking) -> list[Booking]:
    """The bookings of one visit, in order."""
    if not booking.visit_id:
        return [booking]
    return list(db.session.scalars(select(Booking).where(Booking.visit_id == booking.visit_id).order_by(Booking.starts_at, Booking.id)))


def list_visits_of_series(booking: Booking) -> list[Booking]:
    """The visits of its series that are ahead, each by its first booking; of none by itself the booking alone."""
    if not booking.series_id:
        return [booking]
    ahead = select(Booking).where(Booking.series_id == booking.series_id, Booking.upcoming()).order_by(Booking.starts_at, Booking.id)
    visits: dict[str, Booking] = {}
    for each in db.session.scalars(ahead):
        visits.setdefault(each.occupant, each)
    return list(visits.values())


def is_about_series(row: Notification, booking: Booking) -> bool:
    """Whether the message is the confirmation of a whole series."""
    return booking.series_id is not None and row.idempotency_key == f"booked:{booking.series_id}"


def get_series_values(visits: list[Booking]) -> dict[str, Any]:
    """Their number and their dates, in the language that is set; of many the first ten."""
    dates = ", ".join(format_when(visit.starts_at, visit.timezone) for visit in visits[:MAX_DATES])
    more = len(visits) - MAX_DATES
    dates = ngettext("%(dates)s und %(num)s weiterer", "%(dates)s und %(num)s weitere", more, dates=dates) if more > 0 else dates
    return {"count": len(visits), "dates": dates}


def format_place(branch: Branch) -> str:
    street = ", ".join(filter(None, (branch.street, " ".join(filter(None, (branch.postcode, branch.city))))))
    return street or branch.name


def find_booking(row: Notification) -> Booking | None:
    kind, _colon, booking_id = row.subject.partition(":")
    return db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if kind == "booking" else None


def _get_visit_values(booking: Booking) -> dict[str, Any]:
    """All services of the visit, and when it begins."""
    visit = list_visit(booking)
    names = (db.session.get_one(Service, each.service_id).name for each in visit)
    return {"what": ", ".join(dict.fromkeys(names)), **get_time_values(visit[0].starts_at, booking.timezone)}


def _find_number(branch_id: str) -> str | None:
    """The number under which the branch is called."""
    numbers = select(PhoneNumber.e164).where(PhoneNumber.branch_id == branch_id, PhoneNumber.is_active)
    return db.session.scalar(numbers.order_by(PhoneNumber.e164).limit(1))


def _get_customer_name(booking: Booking) -> str | None:
    """The name on record, for messages to the person's own addresses only: another contact may be another person's."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    if customer is None:
        return None
    own = {identifier.value for identifier in customer.identifiers}
    is_own = all(contact is None or contact in own for contact in (booking.contact_phone, booking.contact_email))
    return get_name_value(customer.name) if is_own else None


def _find_language(row: Notification) -> str | None:
    """The language of the customer, or of the user whose address it is."""
    if get_kind(row.kind).recipient == "staff":
        user = select(User.language).where(User.company_id == row.company_id, User.email == row.recipient)
        return db.session.scalar(user)
    customer = db.session.get(Customer, row.customer_id) if row.customer_id else None
    return customer.language if customer else None
