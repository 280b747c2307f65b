"""The conversation with a person by text message: both sides in order, and what people of the business write into it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale, gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.clock import now
from app.core.errors import Conflict, InvalidInput
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.phone import may_receive_sms
from app.domain.audit.log import record
from app.domain.notifications.message_kinds import PLANNED_KINDS, get_kind
from app.domain.notifications.message_limits import hash_recipient
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.suppressions import find_suppressed
from app.domain.replies import state
from app.events import NotificationQueued
from app.models import Company, Customer, InboundMessage, Notification, User

MAX_ENTRIES = 30
MAX_TEXT_LENGTH = 450
LIFETIME = timedelta(hours=24)
# somebody who wrote so long ago is still waiting
REPLY_TIME = timedelta(minutes=15)


class TextNotPossible(Conflict):
    """No text message can be sent to this person; the message says why."""

    code = "no_text_possible"


@dataclass(frozen=True, slots=True)
class ConversationEntry:
    """One message: of the person (`inbound`), or one of ours with who wrote it, where that was somebody of the team."""

    at: datetime
    text: str | None
    inbound: InboundMessage | None = None
    notification: Notification | None = None
    author: str | None = None


def list_conversation(
    customer: Customer | None, numbers: Collection[str], *, branch_ids: Collection[str] = (), since: datetime | None = None
) -> list[ConversationEntry]:
    """List the latest text messages to and from this customer and these numbers, in order; `branch_ids` empty: of all branches."""
    indexes = [hash_recipient("sms", number) for number in numbers]
    inbound = _load(InboundMessage, InboundMessage.received_at, (
        _is_theirs(InboundMessage, InboundMessage.sender_index, customer, indexes), *_in_branches(InboundMessage, branch_ids),
    ), since)  # fmt: skip
    moment = func.coalesce(Notification.finished_at, Notification.created_at)
    is_planned = and_(Notification.kind.in_(PLANNED_KINDS), Notification.status.in_(("pending", "expired")))
    outbound = _load(Notification, moment, (
        _is_theirs(Notification, Notification.recipient_index, customer, indexes), Notification.channel == "sms", ~is_planned,
        *_in_branches(Notification, branch_ids),
    ), since)  # fmt: skip
    authors = _load_authors(outbound)
    entries = [ConversationEntry(row.received_at, row.body, inbound=row) for row in inbound]
    entries += [
        ConversationEntry(row.finished_at or row.created_at, row.body, notification=row, author=authors.get(row.author_id or ""))
        for row in outbound
    ]
    return sorted(entries, key=lambda entry: entry.at)[-MAX_ENTRIES:]


def find_text_number(customer: Customer) -> str | None:
    """Find the number that a text goes to: the one that the customer last wrote from, else the first mobile number."""
    numbers = [identifier.value for identifier in customer.identifiers if identifier.kind == "phone" and may_receive_sms(identifier.value)]
    written = select(InboundMessage).where(InboundMessage.customer_id == customer.id).order_by(InboundMessage.received_at.desc())
    last = db.session.scalars(written.limit(1)).first()
    return last.sender if last is not None and last.sender in numbers else numbers[0] if numbers else None


def explain_no_text(customer: Customer) -> str | None:
    """Why no text message can be sent to this customer, as a sentence; None where one can."""
    number = find_text_number(customer)
    if number is None:
        return _("Es ist keine Mobilnummer bekannt.")
    if ("sms", number) in find_suppressed([number]):
        return _("An diese Nummer geht keine SMS mehr: Die Person hat sie abbestellt, oder sie ist nicht erreichbar.")
    return None if is_set_up("sms") else _("Der Versand von SMS ist noch nicht eingerichtet.")


def write_text(customer: Customer, text: str, author: User, *, key: str, branch_id: str | None = None) -> Notification:
    """Queue a text message that somebody of the team wrote, once per key, and note it in the audit log without its words.

    Raises InvalidInput for an empty or long text, TextNotPossible where none may be sent. Questions of ours that are open end with it.
    """
    if not text.strip() or len(text) > MAX_TEXT_LENGTH:
        sentence = _("Bitte schreiben Sie einen Text, höchstens %(count)s Zeichen.", count=MAX_TEXT_LENGTH)
        raise InvalidInput(sentence, fields={"text": sentence})
    if reason := explain_no_text(customer):
        raise TextNotPossible(reason)
    number = find_text_number(customer)
    assert number is not None
    dialogue = state.lock_dialogue(hash_recipient("sms", number))
    company, last = db.session.get_one(Company, customer.company_id), _find_last_message(number)
    with force_locale(customer.language or company.language):
        title, body = render_message("staff_message", {"company": company.name, "text": text.strip()})
    draft = NotificationDraft(
        "staff_message", f"customer:{customer.id}", f"staff_message:{key}", body, title, now() + LIFETIME, branch_id,
        is_reply=last is not None and last.received_at > now() - REPLY_TIME,
    )  # fmt: skip
    row = queue_notification(draft, ("sms", number), customer_id=customer.id)
    if row.author_id is None:
        row.author_id, row.sender_address = author.id, last.line if last else None
        state.close(dialogue)
        record("text_written", subject=f"customer:{customer.id}", data={"notification_id": row.id})
        publish(NotificationQueued(row.company_id, row.id))
    db.session.flush()
    return row


def is_with_people(sender_index: str) -> bool:
    """Whether the last message to this number was written by people, or about a call, so that the answer is one to people."""
    sent = select(Notification.kind).where(
        Notification.recipient_index == sender_index, Notification.channel == "sms", Notification.status.in_(("pending", "sent")),
        Notification.kind.not_in(PLANNED_KINDS) | (Notification.status == "sent"), Notification.created_at > now() - state.ECHO_TIME,
    )  # fmt: skip
    moment = func.coalesce(Notification.finished_at, Notification.created_at)
    last = db.session.scalar(sent.order_by(moment.desc(), Notification.id.desc()).limit(1))
    return last is not None and get_kind(last).answered_by_people


def _find_last_message(number: str) -> InboundMessage | None:
    written = select(InboundMessage).where(InboundMessage.sender_index == hash_recipient("sms", number))
    return db.session.scalars(written.order_by(InboundMessage.received_at.desc()).limit(1)).first()


def _is_theirs(model: Any, index: Any, customer: Customer | None, indexes: Sequence[str]) -> ColumnElement[bool]:
    return or_(index.in_(indexes), *([model.customer_id == customer.id] if customer else ()))


def _in_branches(model: Any, branch_ids: Collection[str]) -> list[ColumnElement[bool]]:
    return [or_(model.branch_id.in_(branch_ids), model.branch_id.is_(None))] if branch_ids else []


def _load(model: Any, moment: Any, conditions: Sequence[ColumnElement[bool]], since: datetime | None) -> list[Any]:
    statement = select(model).where(*conditions, *([moment >= since] if since else ()))
    return list(db.session.scalars(statement.order_by(moment.desc(), model.id.desc()).limit(MAX_ENTRIES)))


def _load_authors(rows: Sequence[Notification]) -> dict[str, str]:
    ids = {row.author_id for row in rows if row.author_id}
    return {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}
