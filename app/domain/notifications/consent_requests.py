"""Double opt-in: a box ticked on a public page counts once whoever reads messages at the address has confirmed it.

Whoever knows the link of a page can tick its box; only the owner of the address can follow the link that is sent there.
"""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.tenancy import unscoped
from app.domain.audit.log import record
from app.domain.notifications.marketing_consents import (
    Wording,
    give_consent,
    has_consent,
    list_addresses,
)
from app.models import ConsentRequest, Customer, MarketingConsent
from app.providers.messaging.base import Channel

LIFETIME = timedelta(days=7)
# one address is asked to confirm once in this time, whoever ticks
PAUSE = timedelta(hours=24)


class RequestedLately(Conflict):
    code = "requested_lately"


def request_consent(customer: Customer, channel: Channel, address: str, *, wording: Wording) -> tuple[ConsentRequest, str]:
    """Store what was ticked; gives it with the token of the link that confirms it.

    Raises RequestedLately where this address was asked in the last day.
    """
    db.session.get(Customer, customer.id, with_for_update=True, populate_existing=True)
    lately = select(ConsentRequest.id).where(
        ConsentRequest.channel == channel, ConsentRequest.address == address, ConsentRequest.created_at > now() - PAUSE
    )
    if db.session.scalar(lately.limit(1)) is not None:
        raise RequestedLately(_("Den Link zum Bestätigen haben wir heute schon geschickt. Bitte sehen Sie dort nach."))
    token = generate_token()
    row = ConsentRequest(
        customer_id=customer.id, channel=channel, address=address, wording=wording.text, wording_version=wording.version,
        token_hash=hash_token(token),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("marketing_consent_requested", subject=f"customer:{customer.id}", data={"channel": channel})
    return row, token


def find_request(token: str) -> ConsentRequest | None:
    """Find the request of this token across companies; the token identifies it."""
    if not may_be_token(token):
        return None
    with unscoped():
        return db.session.scalars(select(ConsentRequest).where(ConsentRequest.token_hash == hash_token(token))).first()


def find_open_request(customer_id: str, channel: str, address: str) -> ConsentRequest | None:
    """Find the customer's latest request for this address that can still be confirmed."""
    rows = select(ConsentRequest).where(
        ConsentRequest.customer_id == customer_id, ConsentRequest.channel == channel, ConsentRequest.address == address
    )
    return next((row for row in db.session.scalars(rows.order_by(ConsentRequest.id.desc())) if is_open(row)), None)


def is_open(row: ConsentRequest) -> bool:
    """Whether it waits for its confirmation, and its address is still on the customer's record."""
    if row.consent_id is not None or row.ended_at is not None or row.created_at <= now() - LIFETIME:
        return False
    customer = db.session.get(Customer, row.customer_id)
    return customer is not None and (row.channel, row.address) in list_addresses(customer)


def is_confirmed(row: ConsentRequest) -> bool:
    """Whether the consent that it led to holds."""
    return row.consent_id is not None and has_consent(row.customer_id, row.channel, row.address)


def confirm_request(request_id: int) -> MarketingConsent | None:
    """Give the consent that was asked for, in the words that were shown; None where it was given so already. Raises NotFound."""
    row = db.session.scalars(select(ConsentRequest).where(ConsentRequest.id == request_id).with_for_update()).first()
    if row is not None and is_confirmed(row):
        return None
    if row is None or not is_open(row):
        raise NotFound(_("Diesen Link gibt es nicht, oder er ist abgelaufen."))
    customer, wording = db.session.get_one(Customer, row.customer_id), Wording(row.wording, row.wording_version)
    consent = give_consent(customer, row.channel, row.address, wording=wording, source="page")  # type: ignore[arg-type]
    row.consent_id = consent.id
    db.session.flush()
    return consent


def load_requested_at(customer_id: str) -> dict[int, datetime]:
    """When the customer ticked what was confirmed, by the id of the consent."""
    rows = select(ConsentRequest.consent_id, ConsentRequest.created_at).where(
        ConsentRequest.customer_id == customer_id, ConsentRequest.consent_id.is_not(None)
    )
    return dict(db.session.execute(rows).all())


def delete_expired_requests(limit: int) -> int:
    """Delete what was never confirmed and cannot be any more; inside unscoped(). Gives the number of rows."""
    expired = select(ConsentRequest.id).where(ConsentRequest.created_at <= now() - LIFETIME, ConsentRequest.consent_id.is_(None))
    ids = list(db.session.scalars(expired.order_by(ConsentRequest.created_at).limit(limit)))
    if ids:
        db.session.execute(delete(ConsentRequest).where(ConsentRequest.id.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)
