"""The text message to a caller whose call broke off while a time was held: it is held for ten minutes more, and the link books it."""

from collections.abc import Collection
from datetime import timedelta

from flask_babel import force_locale
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.phone import display
from app.domain.bookings.hold_links import create_hold_url, extend_hold
from app.domain.bookings.holds import close_hold
from app.domain.bookings.message_time_format import format_clock, get_time_values
from app.domain.calls.missed_calls import was_served_since
from app.domain.calls.text_recipient import find_text_language, find_text_recipient
from app.domain.notifications.message_policies import load_message_policies
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import PlannedMessage, plan_notification
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.template_versions import TemplateScope
from app.models import Branch, Call, Company, Hold, Notification, Service, ToolCall, WaitlistOffer

KIND = "hold_link"
HOLD_AFTER_BREAK = timedelta(minutes=10)
# some ring again at once
DELAY = timedelta(seconds=20)
# outcomes of a call that ended without what it was about
BROKEN_OFF = ("hung_up", "unknown", "information", None)
# it was about an appointment that stands, which a link to a new one would double
CHANGES = ("reschedule_appointment", "cancel_appointment")


def plan_texts(call_ids: Collection[str]) -> list[Notification]:
    """Hold the time of each of these calls that has just broken off and plan the message about it; idempotent."""
    if not call_ids or not load_message_policies().rules().missed_call_texts or not is_set_up("sms"):
        return []
    open_holds = select(Hold, Call).join(Call, Call.id == Hold.call_id).where(Hold.call_id.in_(call_ids), Hold.active())
    latest = {call.id: (hold, call) for hold, call in db.session.execute(open_holds.order_by(Hold.created_at, Hold.id))}
    return [row for hold, call in latest.values() if (row := _plan(hold, call)) is not None]


def release(call_ids: Collection[str]) -> None:
    """Release what these calls still hold when they have ended; what a broken call held stays for whoever rings again."""
    open_holds = select(Hold, Call).join(Call, Call.id == Hold.call_id).where(Hold.call_id.in_(call_ids), Hold.active())
    offered = select(WaitlistOffer.hold_id).where(WaitlistOffer.hold_id.is_not(None))
    for hold, call in db.session.execute(open_holds.where(Hold.id.not_in(offered))) if call_ids else ():
        if not call.is_running and not _is_broken_off(call):
            close_hold(hold, "released")


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text with a new link, in the caller's language; None where the time is not held any more."""
    hold, call = _find(row)
    if hold is None or call is None or is_outdated(row):
        return None
    company, service = db.session.get_one(Company, row.company_id), db.session.get_one(Service, hold.service_id)
    branch = db.session.get_one(Branch, hold.branch_id)
    values = {"company": company.name, "where": branch.name, "phone": display(call.to_number or ""), "what": service.name}
    with force_locale(find_text_language(call)):
        values |= get_time_values(hold.starts_at, hold.timezone)
        values |= {"until": format_clock(hold.expires_at, hold.timezone), "link": create_hold_url(hold)}
        return render_message("hold_link", values, TemplateScope(branch.id, service.id))


def is_outdated(row: Notification) -> bool:
    """Whether the time is not held any more, or the caller was served otherwise."""
    hold, call = _find(row)
    return hold is None or call is None or not hold.is_open or find_text_recipient(call) is None or was_served_since(call)


def _find(row: Notification) -> tuple[Hold | None, Call | None]:
    hold = db.session.scalars(select(Hold).where(Hold.id == row.subject.partition(":")[2])).first()
    return hold, db.session.scalars(select(Call).where(Call.id == hold.call_id)).first() if hold else None


def _plan(hold: Hold, call: Call) -> Notification | None:
    recipient = find_text_recipient(call) if _is_broken_off(call) and not call.emergency else None
    if recipient is None or was_served_since(call) or _was_about_change(call):
        return None
    if not extend_hold(hold, (call.ended_at or now()) + HOLD_AFTER_BREAK):
        return None
    key = f"hold_link:{hold.id}"
    plan = PlannedMessage(KIND, f"hold:{hold.id}", key, now() + DELAY, hold.expires_at, "sms", hold.branch_id)
    return plan_notification(plan, recipient, customer_id=call.customer_id)


def _is_broken_off(call: Call) -> bool:
    return not call.is_running and call.outcome in BROKEN_OFF and call.disconnection_reason != "agent_hangup"


def _was_about_change(call: Call) -> bool:
    changes = select(ToolCall.id).where(ToolCall.call_id == call.id, ToolCall.name.in_(CHANGES))
    return db.session.scalar(changes.limit(1)) is not None
