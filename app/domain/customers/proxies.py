"""Who may act on the telephone for whom: noted by the desk, confirmed once from the person's own phone or mailbox, revocable at any time.

Whoever is confirmed acts only from their own number, only as far as they are recognised themselves, and only as the person allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flask_babel import force_locale, gettext as _
from sqlalchemy import func, or_, select

from app.core import settings
from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound, TooManyRequests
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.phone import may_receive_sms
from app.core.tenancy import unscoped
from app.domain.audit.log import find_acting_user_id, record
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.domain.notifications.suppressions import find_suppressed
from app.events import NotificationQueued
from app.models import Company, Customer, CustomerProxy
from app.providers.messaging.base import Channel

ProxyRight = Literal["book", "change", "cancel"]
RIGHTS: tuple[ProxyRight, ...] = ("book", "change", "cancel")
LIFETIME = timedelta(days=7)
# questions to one address in a day
MAX_PER_DAY = 3
KINDS: dict[str, Channel] = {"phone": "sms", "email": "email"}


class ProxyImpossible(Conflict):
    code = "proxy_impossible"


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """What the person is asked to allow."""

    relation: str
    rights: frozenset[ProxyRight]
    # where they confirm it
    address: str


def list_own_addresses(customer: Customer, proxy: Customer) -> list[tuple[Channel, str]]:
    """List where only the person reads: what the proxy has on record as well proves nothing."""
    theirs = {(one.kind, one.value) for one in proxy.identifiers}
    own = [one for one in customer.identifiers if one.kind in KINDS and (one.kind, one.value) not in theirs]
    addresses = [(KINDS[one.kind], one.value) for one in own if one.kind == "email" or may_receive_sms(one.value)]
    suppressed = find_suppressed(address for _channel, address in addresses)
    return [address for address in addresses if address not in suppressed]


def request_proxy(customer: Customer, proxy: Customer, request: ProxyRequest) -> CustomerProxy:
    """Note that somebody shall act for the customer, and ask the customer. Raises InvalidInput, ProxyImpossible, TooManyRequests."""
    if customer.id == proxy.id:
        raise ProxyImpossible(_("Für sich selbst braucht niemand eine Vollmacht."))
    if not request.rights:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"rights": _("Bitte wählen Sie, was erlaubt sein soll.")})
    addresses = list_own_addresses(customer, proxy)
    channel = next((channel for channel, address in addresses if address == request.address), None)
    if channel is None:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"address": _("Bitte wählen.")})
    if any(row.proxy_id == proxy.id for row in list_proxies_of(customer)):
        raise ProxyImpossible(_("Diese Vollmacht gibt es schon. Widerrufen Sie erst die alte."))
    _check_limit(request.address)
    token = generate_token()
    row = CustomerProxy(
        customer_id=customer.id, proxy_id=proxy.id, relation=request.relation or None, author_id=find_acting_user_id(),
        sent_to=request.address, token_hash=hash_token(token), asked_at=now(),
        may_book="book" in request.rights, may_change="change" in request.rights, may_cancel="cancel" in request.rights,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("proxy_requested", subject=customer.id, data={"proxy_id": row.id, "rights": sorted(request.rights)})
    _ask(row, customer, channel, token)
    return row


def find_by_token(token: str) -> CustomerProxy | None:
    """Find the proxy of this token across companies; the token identifies it."""
    if not may_be_token(token):
        return None
    with unscoped():
        return db.session.scalars(select(CustomerProxy).where(CustomerProxy.token_hash == hash_token(token))).first()


def is_open(row: CustomerProxy) -> bool:
    """Whether it waits to be confirmed, and the address is still the person's own."""
    if row.confirmed_at or row.revoked_at or row.asked_at <= now() - LIFETIME:
        return False
    customer, proxy = db.session.get(Customer, row.customer_id), db.session.get(Customer, row.proxy_id)
    return customer is not None and proxy is not None and row.sent_to in {address for _way, address in list_own_addresses(customer, proxy)}


def is_confirmed(row: CustomerProxy) -> bool:
    return row.confirmed_at is not None and row.revoked_at is None


def confirm_proxy(proxy_id: str) -> None:
    """The person has followed the link and said yes; idempotent. Raises NotFound."""
    row = _lock(proxy_id)
    if is_confirmed(row):
        return
    if not is_open(row):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    row.confirmed_at = now()
    record("proxy_confirmed", subject=row.customer_id, data={"proxy_id": row.id})
    db.session.flush()


def revoke_proxy(proxy_id: str) -> None:
    """Let it end, by the desk or by the person's link; idempotent."""
    row = _lock(proxy_id)
    if row.revoked_at is None:
        row.revoked_at = now()
        record("proxy_revoked", subject=row.customer_id, data={"proxy_id": row.id})
        db.session.flush()


def get_proxy(customer: Customer, proxy_id: str) -> CustomerProxy:
    """Get one in which this customer is the person or the one who acts. Raises NotFound."""
    of_customer = or_(CustomerProxy.customer_id == customer.id, CustomerProxy.proxy_id == customer.id)
    row = db.session.scalars(select(CustomerProxy).where(CustomerProxy.id == proxy_id, of_customer)).first()
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return row


def list_proxies_of(customer: Customer) -> list[CustomerProxy]:
    """List who may act for this customer, or would if it were confirmed."""
    return [row for row in _list_rows(CustomerProxy.customer_id == customer.id) if is_confirmed(row) or is_open(row)]


def list_represented_by(customer: Customer) -> list[CustomerProxy]:
    """List for whom this customer may act, or would if it were confirmed."""
    return [row for row in _list_rows(CustomerProxy.proxy_id == customer.id) if is_confirmed(row) or is_open(row)]


def list_rights(row: CustomerProxy) -> list[ProxyRight]:
    allowed = {"book": row.may_book, "change": row.may_change, "cancel": row.may_cancel}
    return [right for right in RIGHTS if allowed[right]]


def load_confirmed(proxy: Customer) -> list[tuple[CustomerProxy, Customer]]:
    """The persons for whom this one is confirmed to act."""
    rows = select(CustomerProxy, Customer).join(Customer, Customer.id == CustomerProxy.customer_id)
    holds = (CustomerProxy.proxy_id == proxy.id, CustomerProxy.confirmed_at.is_not(None), CustomerProxy.revoked_at.is_(None))
    return [(row, customer) for row, customer in db.session.execute(rows.where(*holds).order_by(CustomerProxy.id))]


def _list_rows(condition: object) -> Sequence[CustomerProxy]:
    rows = select(CustomerProxy).where(condition, CustomerProxy.revoked_at.is_(None))  # type: ignore[arg-type]
    return db.session.scalars(rows.order_by(CustomerProxy.created_at, CustomerProxy.id)).all()


def _lock(proxy_id: str) -> CustomerProxy:
    row = db.session.scalars(select(CustomerProxy).where(CustomerProxy.id == proxy_id).with_for_update()).first()
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return row


def _check_limit(address: str) -> None:
    asked = select(func.count()).select_from(CustomerProxy)
    asked = asked.where(CustomerProxy.sent_to == address, CustomerProxy.asked_at > now() - timedelta(days=1))
    if (db.session.scalar(asked) or 0) >= MAX_PER_DAY:
        raise TooManyRequests(_("Dorthin wurde heute schon oft genug gefragt. Bitte versuchen Sie es morgen wieder."))


def _ask(row: CustomerProxy, customer: Customer, channel: Channel, token: str) -> None:
    """Queue the message with the link. It names nobody: whoever calls chooses their name, and a name may look like a link."""
    company = db.session.get_one(Company, row.company_id)
    with force_locale(customer.language or company.language):
        title, body = render_message("proxy_confirmation", {"company": company.name, "link": f"{settings().public_base}/b/{token}"})
    subject = f"proxy:{row.id}"
    draft = NotificationDraft("proxy_confirmation", subject, subject, body, title, row.asked_at + LIFETIME, is_reply=True)
    message = queue_notification(draft, (channel, row.sent_to), customer_id=customer.id)
    publish(NotificationQueued(message.company_id, message.id))
