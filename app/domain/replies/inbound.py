"""Stores what a person wrote to a business: once, whole, and with who that may be."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.customers.matching import create_unnamed_customer
from app.domain.notifications.message_limits import hash_recipient
from app.domain.replies.open_appointments import list_customers
from app.events import InboundMessageStored
from app.models import Connection, InboundMessage


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text message as it came in; `number` is the sender's and `line` ours, both E.164."""

    provider_ref: str
    number: str = field(repr=False)
    line: str | None
    body: str = field(repr=False)
    media_count: int
    received_at: datetime
    connection_id: str | None = None
    branch_id: str | None = None


def store_message(text: ReceivedText) -> InboundMessage:
    """Store the message in the current company, to be answered; a second delivery gives the first one's row."""
    return _store(text, result=None)


def store_carrier_word(text: ReceivedText, result: str) -> InboundMessage:
    """Store a word that its carrier acts on and answers itself (STOP, START), for the conversation only."""
    return _store(text, result=result)


def _store(text: ReceivedText, *, result: str | None) -> InboundMessage:
    existing = db.session.scalars(select(InboundMessage).where(InboundMessage.provider_ref == text.provider_ref)).first()
    if existing is not None:
        return existing
    sender_index = hash_recipient("sms", text.number)
    row = InboundMessage(
        id=new_ulid(), channel="sms", provider_ref=text.provider_ref, sender=text.number, sender_index=sender_index,
        line=text.line if _sends_from(text.connection_id) else None, body=text.body, media_count=text.media_count,
        received_at=text.received_at, order_key=sender_index, planned_at=text.received_at, branch_id=text.branch_id,
        status="handled" if result else "pending", result=result, finished_at=now() if result else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.customer_id = _find_customer_id(row)
    db.session.flush()
    if result is None:
        publish(InboundMessageStored(row.company_id, row.id))
    return row


def _find_customer_id(row: InboundMessage) -> str | None:
    """The only customer with this number, who is made where there is none; None where several share it."""
    customers = list_customers(row.sender)
    if not customers:
        customers = [create_unnamed_customer(row.company_id, row.sender)]
        db.session.flush()
    return customers[0].id if len(customers) == 1 else None


def _sends_from(connection_id: str | None) -> bool:
    """Whether we send over the account that took the message: another one may not send from its number."""
    own = select(Connection.id).where(Connection.provider == "twilio", Connection.is_active)
    account = db.session.scalars(own.order_by(Connection.created_at, Connection.id)).first()
    return account == connection_id
