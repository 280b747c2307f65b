"""The question on the page of an appointment: whether the business may send marketing to where the customer gets its messages."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.errors import Conflict, NotFound
from app.core.extensions import db
from app.domain.bookings.notifications import find_destination
from app.domain.marketing.rules import load_marketing_rules
from app.domain.notifications.marketing_consents import (
    Wording,
    give_consent,
    has_consent,
    list_consented,
    withdraw_address,
    write_wording,
)
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


def find_offer(booking: Booking) -> ConsentOffer | None:
    """Find what to ask; None where nothing is sent, or the messages go to an address that is not on the customer's record."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    destination = find_destination(booking)
    if customer is None or destination is None or destination[1] not in {identifier.value for identifier in customer.identifiers}:
        return None
    is_given = has_consent(customer.id, *destination)
    if not is_given and not load_marketing_rules().has_any:
        return None
    company = db.session.get_one(Company, booking.company_id)
    return ConsentOffer(customer, *destination, write_wording(*destination, company), is_given)


def accept(booking: Booking, version: str) -> None:
    """Note the consent to the wording that was shown. Raises NotFound, or WordingChanged where it is another one by now."""
    offer = _get_offer(booking)
    check_version(offer.wording, version)
    if not offer.is_given:
        give_consent(offer.customer, offer.channel, offer.address, wording=offer.wording, source="page")


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
