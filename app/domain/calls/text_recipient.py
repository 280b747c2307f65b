"""Whom a text message about a call goes to: the number that called, where it is a mobile one, was not withheld, and may be written to."""

from sqlalchemy import select

from app.core.extensions import db
from app.core.locale import LANGUAGES
from app.core.phone import may_receive_sms
from app.domain.customers.blocked_callers import find_blocked
from app.domain.notifications.suppressions import find_suppressed
from app.domain.privacy.consent import list_answers
from app.models import Call, Company, Customer
from app.providers.messaging.base import Channel

# reported by the carrier or said by the caller: no message is wanted, or nobody is there to read one
UNWANTED_REASONS = ("marked_as_spam", "scam_detected", "user_requested_dnc")


def find_text_recipient(call: Call) -> tuple[Channel, str] | None:
    """Find channel and number; None for whoever declined the AI, the transcript or the recording, since nothing of them is kept."""
    number = call.from_number
    is_mobile = call.direction == "inbound" and call.caller_kind == "number" and number is not None and may_receive_sms(number)
    if not is_mobile or number is None or call.is_test or call.disconnection_reason in UNWANTED_REASONS or has_declined(call):
        return None
    return None if ("sms", number) in find_suppressed([number]) or number in find_blocked([number]) else ("sms", number)


def has_declined(call: Call) -> bool:
    return not call.keeps_words or "no" in list_answers([call.id])[call.id].values()


def find_text_language(call: Call) -> str:
    """Find the language of the caller: as on record, else that of the call, else the company's."""
    customer = db.session.get(Customer, call.customer_id) if call.customer_id else None
    if customer is not None and customer.language:
        return customer.language
    own = db.session.scalars(select(Company.language).where(Company.id == call.company_id)).one()
    return call.language if call.language in LANGUAGES else own
