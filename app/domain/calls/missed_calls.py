"""The text message to a caller whom nobody served: once a day, unless they have been served since, or have written themselves.

It answers an enquiry of the caller, says nothing of offers and promises nothing, so it is a service message and sent unless the company
does not want it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.core.phone import display
from app.domain.calls.text_recipient import find_text_language, find_text_recipient
from app.domain.notifications.message_limits import hash_recipient
from app.domain.notifications.message_policies import load_message_policies
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import IMMEDIATE_FOR, PlannedMessage, plan_notification
from app.domain.notifications.sender_accounts import is_set_up, receives_replies
from app.domain.notifications.template_versions import TemplateScope
from app.models import Booking, Branch, Call, CallEvent, Company, CustomerIdentifier, Hold, InboundMessage, Notification

KIND = "missed_call"
# many ring again at once
DELAY = timedelta(minutes=2)
# of a call that came to our knowledge late, or while the carrier was away
LIFETIME = timedelta(hours=12)
ONCE_IN = timedelta(days=1)
# outcomes of a call in which nothing was said, and of one that broke off
UNHEARD, BROKEN_OFF = ("missed", "hung_up"), ("unknown", "information", None)


def plan_texts(call_ids: Collection[str]) -> list[Notification]:
    """Plan the messages about those of these calls that nobody served; idempotent, and again once the caller rings in vain again."""
    if not call_ids or not load_message_policies().rules().missed_call_texts or not is_set_up("sms"):
        return []
    calls = select(Call).where(Call.id.in_(call_ids)).order_by(Call.started_at, Call.id)
    return [row for call in db.session.scalars(calls) if (row := _plan(call)) is not None]


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text, in the caller's language; None where it is not needed any more."""
    call = _find_call(row)
    if call is None or is_outdated(row):
        return None
    company, branch = db.session.get_one(Company, call.company_id), db.session.get_one(Branch, call.branch_id)
    values = {"company": company.name, "where": branch.name, "phone": display(call.to_number or "")}
    with force_locale(find_text_language(call)):
        return render_message("missed_call" if receives_replies() else "missed_call_no_reply", values, TemplateScope(branch.id))


def is_outdated(row: Notification) -> bool:
    """Whether the caller was served after all, by this call or since, has written, or is not to be written to."""
    call = _find_call(row)
    if call is None or not load_message_policies().rules().missed_call_texts:
        return True
    return find_text_recipient(call) is None or not is_unserved(call) or was_served_since(call)


def is_unserved(call: Call) -> bool:
    """Whether the caller got nothing of the call: it was not answered, they said nothing, it failed, or nobody took the transfer."""
    if call.is_running or call.emergency:
        return False
    if call.outcome in UNHEARD:
        return True
    return call.outcome in BROKEN_OFF and (call.status == "error" or _was_transfer_unanswered(call))


def _find_call(row: Notification) -> Call | None:
    return db.session.scalars(select(Call).where(Call.id == row.subject.partition(":")[2])).first()


def _plan(call: Call) -> Notification | None:
    ended_at = call.ended_at or call.started_at
    recipient = find_text_recipient(call) if is_unserved(call) and now() < ended_at + LIFETIME else None
    # a time is held: held_times says so
    if recipient is None or was_served_since(call) or _is_told_of_hold(call):
        return None
    index = hash_recipient(*recipient)
    key = f"missed_call:{index}:{ended_at.astimezone(ZoneInfo(_get_timezone(call))).date()}"
    if _was_told_lately(index, ended_at, key):
        return None
    planned_at = max(now(), ended_at + DELAY)
    plan = PlannedMessage(
        KIND, f"missed_call:{call.id}", key, planned_at, ended_at + LIFETIME, "sms", call.branch_id,
        immediate_until=ended_at + IMMEDIATE_FOR,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            return plan_notification(plan, recipient, customer_id=call.customer_id)
    except IntegrityError:
        # planned concurrently for another call
        return None


def _is_told_of_hold(call: Call) -> bool:
    subjects = [f"hold:{hold_id}" for hold_id in db.session.scalars(select(Hold.id).where(Hold.call_id == call.id))]
    told = select(Notification.id).where(Notification.subject.in_(subjects))
    return bool(subjects) and db.session.scalar(told.limit(1)) is not None


def _get_timezone(call: Call) -> str:
    return db.session.scalars(select(Branch.timezone).where(Branch.id == call.branch_id)).one()


def _was_told_lately(index: str, ended_at: datetime, key: str) -> bool:
    """Whether such a message, of another day by its key, waits or went to the number a short while ago."""
    told = select(Notification.id).where(
        Notification.kind == KIND, Notification.recipient_index == index, Notification.idempotency_key != key,
        or_(Notification.status == "pending", and_(Notification.status == "sent", Notification.finished_at > ended_at - ONCE_IN)),
    )  # fmt: skip
    return db.session.scalar(told.limit(1)) is not None


def _was_transfer_unanswered(call: Call) -> bool:
    if call.was_transferred:
        return False
    transfers = select(CallEvent.type).where(CallEvent.call_id == call.id, CallEvent.type.startswith("transfer_"))
    last = db.session.scalar(transfers.order_by(CallEvent.seq.desc()).limit(1))
    return "transfer_cancelled" in (last, call.disconnection_reason)


def was_served_since(call: Call) -> bool:
    """Whether there is another call with the number that served it or still lasts, a message from it, or a new booking for it."""
    number, since = call.from_number or "", call.started_at
    theirs = or_(Call.from_number == number, and_(Call.direction == "outbound", Call.to_number == number))
    later = select(Call).where(theirs, Call.id != call.id, or_(Call.started_at >= since, Call.ended_at >= since), ~Call.is_test)
    if any(not is_unserved(other) for other in db.session.scalars(later)):
        return True
    written = select(InboundMessage.id).where(
        InboundMessage.sender_index == hash_recipient("sms", number), InboundMessage.received_at >= since
    )  # fmt: skip
    is_theirs = (CustomerIdentifier.kind == "phone", CustomerIdentifier.value == number)
    owners = list(db.session.scalars(select(CustomerIdentifier.customer_id).where(*is_theirs)))
    # each by its own index; a booking with a number of its own is that number's
    by_number = select(Booking.id).where(Booking.contact_phone == number, Booking.created_at >= since)
    by_customer = select(Booking.id).where(Booking.customer_id.in_(owners), Booking.contact_phone.is_(None), Booking.created_at >= since)
    return any(db.session.scalar(rows.limit(1)) is not None for rows in (written, by_number, by_customer))
