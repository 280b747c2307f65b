"""The question on the page of an appointment: whether the business may send marketing to where the customer gets its messages."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app.core import settings
from app.core.errors import Conflict, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings.notifications import find_destination
from app.domain.marketing.rules import load_marketing_rules
from app.domain.notifications.consent_requests import LIFETIME, find_open_request, request_consent
from app.domain.notifications.marketing_consents import Wording, has_consent, list_consented, withdraw_address, write_wording
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.events import NotificationQueued
from app.models import Booking, Company, Customer
from app.providers.messaging.base import Channel


class WordingChanged(Conflict):
    code = "wording_changed"


@dataclass(frozen=True, slots=True)
class ConsentOffer:
    customer: Customer
    channel: Channel
    address: str
    wording: Wording
    is_given: bool
    # ticked, and not confirmed yet
    is_requested: bool


def find_offer(booking: Booking) -> ConsentOffer | None:
    """Find what to ask; None where nothing is sent, or the messages go to an address that is not on the customer's record."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    destination = find_destination(booking)
    if customer is None or destination is None or destination[1] not in {identifier.value for identifier in customer.identifiers}:
        return None
    is_given = has_consent(customer.id, *destination)
    if not is_given and not load_marketing_rules().has_any:
        return None
    is_requested = not is_given and find_open_request(customer.id, *destination) is not None
    company = db.session.get_one(Company, booking.company_id)
    return ConsentOffer(customer, *destination, write_wording(*destination, company), is_given, is_requested)


def accept(booking: Booking, version: str) -> None:
    """Note that the wording was agreed to, and ask for the confirmation at the address: it is no consent before.

    Raises NotFound, WordingChanged where the wording is another one by now, and RequestedLately.
    """
    offer = _get_offer(booking)
    check_version(offer.wording, version)
    if not offer.is_given:
        _ask_to_confirm(offer, booking)


def _ask_to_confirm(offer: ConsentOffer, booking: Booking) -> None:
    """Queue the one message about it, without anything that advertises, in the language of the page."""
    row, token = request_consent(offer.customer, offer.channel, offer.address, wording=offer.wording)
    values = {"company": db.session.get_one(Company, row.company_id).name, "link": f"{settings().public_base}/b/{token}"}
    title, body = render_message("consent_confirmation", values)
    subject = f"consent:{row.id}"
    draft = NotificationDraft(
        "consent_confirmation", subject, subject, body, title, row.created_at + LIFETIME, booking.branch_id, is_reply=True
    )
    message = queue_notification(draft, (offer.channel, offer.address), customer_id=row.customer_id)
    publish(NotificationQueued(message.company_id, message.id))


def withdraw(booking: Booking) -> None:
    """Withdraw for all addresses that the customer agreed to, and for whoever shares one of them, as STOP does. Raises NotFound."""
    offer = _get_offer(booking)
    for channel, address in {(offer.channel, offer.address), *list_consented(offer.customer)}:
        withdraw_address(channel, address, source="page")


def check_version(wording: Wording, version: str) -> None:
    """Raise WordingChanged unless this is the version of the wording that was shown."""
    if wording.version != version:
        raise WordingChanged(_("Der Wortlaut hat sich gerade geändert. Bitte lesen Sie ihn noch einmal."))


def _get_offer(booking: Booking) -> ConsentOffer:
    if (offer := find_offer(booking)) is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return offer
