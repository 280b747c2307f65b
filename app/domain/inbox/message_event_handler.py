"""Handles incoming messages: STOP ends messages to that number, START allows them again, and everything else is stored to be answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core import settings
from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.domain.companies.number_lookup import CallAddress, find_company_id, find_owners, parse_business_number
from app.domain.inbox.inbox_item import InboxItem
from app.domain.notifications.message_limits import hash_recipient
from app.domain.notifications.suppressions import lift, list_platform_companies, suppress
from app.domain.replies.inbound import ReceivedText, store_carrier_word, store_message
from app.domain.replies.open_appointments import list_upcoming
from app.models import Notification
from app.providers.messaging.base import IncomingMessage

# words of the carrier's that are answers to us as well, where it does not say that it acts on them
CANCEL_WORD, YES_WORD = "cancel", "yes"


@dataclass(frozen=True, slots=True)
class MessageOwner:
    """The company that was written to, and its branch where the number is one of its own."""

    company_id: str
    branch_id: str | None = None


def check(item: InboxItem) -> None:
    """Ignore messages of senders who have no number: nobody can answer them."""
    if parse_business_number(item.event.sender_raw) is None:
        item.ignore("The message names no sender.")


def match(items: Sequence[InboxItem]) -> None:
    """Match by the number that was written to, else by the connection in the webhook's address.

    The platform's own number speaks for every company that sends over it: the one that wrote to this sender is meant, if it is one only.
    """
    addresses = [CallAddress("sms", None, item.event.recipient_raw, item.row.connection_id) for item in items]
    for item, owner in zip(items, find_owners(addresses), strict=True):
        if owner.match is not None:
            item.match = MessageOwner(owner.match.company_id, owner.match.branch_id)
        elif company_id := _find_company_by_account(item):
            item.match = MessageOwner(company_id)
        elif item.event.kind == "message":
            item.row.to_number = owner.number or (item.event.recipient_raw or "")[:64] or None
            item.mark_unassigned(owner.reason or "unknown_number", number_company_id=owner.company_id)


def apply(items: Sequence[InboxItem]) -> None:
    """Suppress the sender's number or lift its suppression, and store the message with the company."""
    for item in sorted(items, key=lambda item: item.row.id):
        number = parse_business_number(item.event.sender_raw)
        assert number is not None
        word = _apply_carrier_rule(item, number)
        if isinstance(item.match, MessageOwner):
            with company_scope(item.match.company_id):
                _store(item, item.match, number, word)


def _apply_carrier_rule(item: InboxItem, number: str) -> str | None:
    """Apply STOP or START; None where the message is to be read."""
    message: IncomingMessage = item.event
    if message.kind == "message" or _is_about_appointment(item, number):
        return None
    is_start = message.kind == "start"
    with unscoped():
        own = find_company_id(None, item.row.connection_id)
        companies = [own] if own else list_platform_companies(number, suppressed=is_start)
    changed = False
    for company_id in companies:
        with company_scope(company_id):
            if is_start:
                changed = lift("sms", number) or changed
            else:
                suppress("sms", number, "opted_out")
    is_yes = _get_word(message) == YES_WORD and message.carrier_rule == "likely"
    return None if is_yes and not changed else "started" if is_start else "stopped"


def _is_about_appointment(item: InboxItem, number: str) -> bool:
    """Whether a lone "cancel" means an appointment that is ahead, and not our messages."""
    if _get_word(item.event) != CANCEL_WORD or item.event.carrier_rule != "likely" or not isinstance(item.match, MessageOwner):
        return False
    with company_scope(item.match.company_id):
        return bool(list_upcoming(number))


def _store(item: InboxItem, owner: MessageOwner, number: str, word: str | None) -> None:
    message: IncomingMessage = item.event
    text = ReceivedText(
        message.message_id, number, parse_business_number(message.recipient_raw), message.body, message.media_count,
        item.row.received_at, item.row.connection_id, owner.branch_id,
    )  # fmt: skip
    if word is None:
        store_message(text)
    else:
        store_carrier_word(text, word)


def _find_company_by_account(item: InboxItem) -> str | None:
    with unscoped():
        if item.row.connection_id:
            return find_company_id(None, item.row.connection_id)
        number, line = parse_business_number(item.event.sender_raw), parse_business_number(item.event.recipient_raw)
        if number is None or line is None or line != parse_business_number(settings().twilio_sender):
            return None
        writing = select(Notification.company_id).where(
            Notification.company_id.in_(list_platform_companies(number, suppressed=False)),
            Notification.recipient_index == hash_recipient("sms", number),
        )
        companies = set(db.session.scalars(writing.distinct().limit(2)))
    return companies.pop() if len(companies) == 1 else None


def _get_word(message: IncomingMessage) -> str:
    return message.body.strip(" .!\"'\n").casefold()
