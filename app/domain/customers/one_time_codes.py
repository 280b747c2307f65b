"""One-time codes: made for one call, sent to the number that we know, good for ten minutes and once; and how many may leave."""

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
from app.models import Call, Customer, IdentityLink, OneTimeCode

GOOD_FOR = timedelta(minutes=10)
DIGITS = 6
# codes and links in a day: to one number or address, and of one company, whose account pays for them
MOST_A_DAY = 5
MOST_A_DAY_OF_COMPANY = 200


def want_code(call: Call, customer: Customer, number: str) -> OneTimeCode:
    """A new code for this caller, announced as OneTimeCodeRequested: whoever sends messages sends it. Raises TooManyRequests."""
    check_limits(number)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    code = OneTimeCode(
        id=new_ulid(), call_id=call.id, customer_id=customer.id, sent_to=number, code_hash=_hash(call.id, digits),
        expires_at=now() + GOOD_FOR,
    )  # fmt: skip
    db.session.add(code)
    db.session.flush()
    publish(OneTimeCodeRequested(call.company_id, call.branch_id, code.id, call.id, number, digits))
    return code


def check_limits(sent_to: str) -> None:
    """Raises TooManyRequests where one more code or link to this number or address, or of this company, is too much for a day."""
    if not may_send(sent_to):
        raise TooManyRequests()


def may_send(sent_to: str) -> bool:
    since = now() - timedelta(days=1)
    sent = [
        row.sent_to
        for model in (OneTimeCode, IdentityLink)
        for row in db.session.execute(select(model.sent_to).where(model.created_at > since).limit(MOST_A_DAY_OF_COMPANY))
    ]
    return len(sent) < MOST_A_DAY_OF_COMPANY and sent.count(sent_to) < MOST_A_DAY


@dataclass(frozen=True, slots=True)
class Sent:
    """Codes and links that have left for the company at work, and what the text messages among them have cost."""

    today: int
    in_30_days: int
    cents: float


def count_sent() -> Sent:
    day, month = now() - timedelta(days=1), now() - timedelta(days=30)
    rows = [
        row
        for model in (OneTimeCode, IdentityLink)
        for row in db.session.execute(select(model.sent_to, model.created_at).where(model.created_at > month))
    ]
    messages = sum("@" not in row.sent_to for row in rows)
    return Sent(sum(row.created_at > day for row in rows), len(rows), messages * settings().sms_price_cents)


def use_code(call: Call, said: str) -> Customer | None:
    """Whom the code that was said proves; it is good once, and only the newest one of the call is."""
    digits = "".join(letter for letter in said if letter.isdigit())
    wanted = select(OneTimeCode).where(OneTimeCode.call_id == call.id).order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
    code = db.session.scalars(wanted.limit(1)).first()
    if code is None or code.used_at or code.expires_at <= now() or not hmac.compare_digest(code.code_hash, _hash(call.id, digits)):
        return None
    code.used_at = now()
    db.session.flush()
    return db.session.get(Customer, code.customer_id)


def code_is_open(call: Call) -> bool:
    """Whether a code was sent in this call and waits to be said."""
    wanted = select(OneTimeCode.id).where(OneTimeCode.call_id == call.id, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now())
    return db.session.scalar(wanted.limit(1)) is not None


def _hash(call_id: str, digits: str) -> str:
    return keyring().blind_index(f"code:{call_id}:{digits}")
