"""One-time codes: valid for one call, ten minutes and once, sent to the number on record; with sending limits."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.core import settings
from app.core.clock import now
from app.core.encryption import keyring
from app.core.errors import TooManyRequests
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.events import OneTimeCodeRequested
from app.models import Call, Customer, CustomerLink, OneTimeCode

CODE_LIFETIME = timedelta(minutes=10)
CODE_LENGTH = 6
# codes and links a day: to one recipient, and of one company, which pays for them
MAX_PER_DAY = 5
MAX_PER_COMPANY_PER_DAY = 200


def create_code(call: Call, customer: Customer, number: str) -> OneTimeCode:
    """Create a code and publish OneTimeCodeRequested, which sends it. Raises TooManyRequests."""
    check_send_limits(number)
    digits = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
    code = OneTimeCode(
        id=new_ulid(), call_id=call.id, customer_id=customer.id, sent_to=number, code_hash=_hash_code(call.id, digits),
        expires_at=now() + CODE_LIFETIME,
    )  # fmt: skip
    db.session.add(code)
    db.session.flush()
    publish(OneTimeCodeRequested(call.company_id, call.branch_id, code.id, call.id, number, digits))
    return code


def check_send_limits(sent_to: str) -> None:
    """Raise TooManyRequests where the daily limit of this recipient or company is reached."""
    if not can_send(sent_to):
        raise TooManyRequests()


def can_send(sent_to: str) -> bool:
    since = now() - timedelta(days=1)
    sent = [
        row.sent_to
        for model in (OneTimeCode, CustomerLink)
        for row in db.session.execute(select(model.sent_to).where(model.created_at > since).limit(MAX_PER_COMPANY_PER_DAY))
    ]
    return len(sent) < MAX_PER_COMPANY_PER_DAY and sent.count(sent_to) < MAX_PER_DAY


@dataclass(frozen=True, slots=True)
class VerificationSendStats:
    """Codes and links sent for the current company, and the cost of text messages."""

    today: int
    in_30_days: int
    cents: float


def get_send_stats() -> VerificationSendStats:
    day, month = now() - timedelta(days=1), now() - timedelta(days=30)
    rows = [
        row
        for model in (OneTimeCode, CustomerLink)
        for row in db.session.execute(select(model.sent_to, model.created_at).where(model.created_at > month))
    ]
    messages = sum("@" not in row.sent_to for row in rows)
    return VerificationSendStats(sum(row.created_at > day for row in rows), len(rows), messages * settings().sms_price_cents)


def redeem_code(call: Call, spoken: str) -> Customer | None:
    """Redeem a code; gives the customer. Only the newest of the call is valid, once."""
    digits = "".join(letter for letter in spoken if letter.isdigit())
    statement = select(OneTimeCode).where(OneTimeCode.call_id == call.id).order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
    code = db.session.scalars(statement.limit(1)).first()
    if code is None or code.used_at or code.expires_at <= now() or not hmac.compare_digest(code.code_hash, _hash_code(call.id, digits)):
        return None
    code.used_at = now()
    db.session.flush()
    return db.session.get(Customer, code.customer_id)


def has_open_code(call: Call) -> bool:
    """Check whether the call has a valid unused code."""
    statement = select(OneTimeCode.id).where(OneTimeCode.call_id == call.id, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now())
    return db.session.scalar(statement.limit(1)) is not None


def _hash_code(call_id: str, digits: str) -> str:
    return keyring().blind_index(f"code:{call_id}:{digits}")
