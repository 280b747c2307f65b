"""Addresses to which nothing is sent any more: the person opted out, or the carrier says for good that nobody is there."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.notifications.marketing_consents import withdraw_address
from app.models import Connection, Customer, CustomerIdentifier, SuppressedAddress
from app.providers.messaging.base import Channel

# what a carrier says for good (RejectionReason); anything else may be different next time
ANSWERED_FOR = timedelta(days=30)
LASTING_REASONS = ("opted_out", "unreachable")
CHANNELS: dict[str, Channel] = {"phone": "sms", "email": "email"}


def suppress(channel: str, address: str, reason: str) -> None:
    """Send nothing to this address any more; the first reason stays, except that an opt-out replaces any other.

    An opt-out withdraws the consent to marketing, which START alone does not bring back.
    """
    if reason == "opted_out":
        withdraw_address(channel, address, source="stop")
    existing = find_suppressed([address]).get((channel, address))
    if existing is not None:
        existing.reason = reason if reason == "opted_out" else existing.reason
        return
    try:
        with db.session.begin_nested():
            db.session.add(SuppressedAddress(channel=channel, address=address, reason=reason))
    except IntegrityError:
        # inserted concurrently for another message
        return


def lift(channel: str, address: str) -> bool:
    """Allow messages to this address again; whether it was suppressed. Recorded in the audit log, without the address."""
    existing = find_suppressed([address]).get((channel, address))
    if existing is None:
        return False
    db.session.delete(existing)
    db.session.flush()
    record("messages_allowed", subject=f"suppressed_address:{existing.id}", data={"channel": channel, "reason": existing.reason})
    return True


def find_suppressed(addresses: Iterable[str]) -> dict[tuple[str, str], SuppressedAddress]:
    """Find which of these addresses are suppressed, by channel and address."""
    wanted = set(addresses)
    if not wanted:
        return {}
    rows = db.session.scalars(select(SuppressedAddress).where(SuppressedAddress.address.in_(wanted)))
    return {(row.channel, row.address): row for row in rows}


def list_suppressed(customer: Customer) -> list[SuppressedAddress]:
    """List the suppressed numbers and mail addresses of this customer."""
    suppressed = find_suppressed(identifier.value for identifier in customer.identifiers)
    ways = [(CHANNELS[identifier.kind], identifier.value) for identifier in customer.identifiers if identifier.kind in CHANNELS]
    return [suppressed[way] for way in ways if way in suppressed]


def list_platform_companies(number: str, *, suppressed: bool) -> list[str]:
    """List the companies that send SMS over the platform's account and know this number, or have it suppressed; inside unscoped()."""
    own_account = select(Connection.company_id).where(Connection.provider == "twilio", Connection.is_active)
    if not suppressed:
        # who has an account of their own since lately sent over the platform's before, and STOP comes to that
        own_account = own_account.where(Connection.created_at < now() - ANSWERED_FOR)
    known = (
        select(SuppressedAddress.company_id).where(SuppressedAddress.channel == "sms", SuppressedAddress.address == number)
        if suppressed
        else select(CustomerIdentifier.company_id).where(CustomerIdentifier.kind == "phone", CustomerIdentifier.value == number)
    )
    return sorted(set(db.session.scalars(known)) - set(db.session.scalars(own_account)))
