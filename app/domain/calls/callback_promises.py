"""The text message that says when a caller is called back: after the call, again when the time changes, not once it is done."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.phone import display
from app.domain.bookings.message_time_format import format_clock, get_time_values
from app.domain.calls.text_recipient import find_text_language, find_text_recipient
from app.domain.notifications.message_policies import load_message_policies
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import (
    IMMEDIATE_FOR,
    PlannedMessage,
    list_notifications,
    lock_pending,
    plan_notification,
    withdraw,
)
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.template_versions import TemplateScope
from app.models import Branch, Call, Company, Notification, StaffTask

KIND = "callback_promise"
TEMPLATES = {"at": "callback_at", "from": "callback_from", "by": "callback_by"}


def plan_promises(task_ids: Collection[str]) -> list[Notification]:
    """Bring the messages about these tasks in line with what holds now; idempotent."""
    tasks = select(StaffTask).where(StaffTask.id.in_(task_ids), StaffTask.kind == "callback", StaffTask.call_id.is_not(None))
    return [row for task in db.session.scalars(tasks.order_by(StaffTask.id)) if (row := _plan(task)) is not None]


def plan_promises_of_calls(call_ids: Collection[str]) -> list[Notification]:
    """As plan_promises, for the callbacks of these calls, which have ended."""
    tasks = select(StaffTask.id).where(StaffTask.call_id.in_(call_ids), StaffTask.kind == "callback")
    return plan_promises(list(db.session.scalars(tasks)))


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text, in the caller's language; None where there is nothing to promise any more."""
    task, call = _find(row)
    if task is None or call is None or task.due_at is None or is_outdated(row):
        return None
    company, branch = db.session.get_one(Company, row.company_id), db.session.get_one(Branch, call.branch_id)
    values = {"company": company.name, "where": branch.name, "phone": display(call.to_number or "")}
    is_span = task.due_kind == "from" and task.due_until is not None
    with force_locale(find_text_language(call)):
        values |= get_time_values(task.due_at, branch.timezone)
        values |= {"until": format_clock(task.due_until, branch.timezone)} if task.due_until else {}
        return render_message("callback_between" if is_span else TEMPLATES[task.due_kind or "at"], values, TemplateScope(branch.id))


def is_outdated(row: Notification) -> bool:
    """Whether the callback is done, due at another time, or not to be told any more."""
    task, call = _find(row)
    return task is None or call is None or _find_recipient(task, call) is None or _get_stamp(task) != row.idempotency_key.rpartition(":")[2]


def _find(row: Notification) -> tuple[StaffTask | None, Call | None]:
    task = db.session.scalars(select(StaffTask).where(StaffTask.id == row.subject.partition(":")[2])).first()
    return task, _find_call(task) if task else None


def _find_call(task: StaffTask) -> Call | None:
    return db.session.scalars(select(Call).where(Call.id == task.call_id)).first()


def _plan(task: StaffTask) -> Notification | None:
    call = _find_call(task)
    recipient = _find_recipient(task, call) if call else None
    earlier = list_notifications(f"task:{task.id}")
    told = [row for row in earlier if row.status == "sent"]
    is_told = bool(told) and told[0].idempotency_key.rpartition(":")[2] == _get_stamp(task)
    # numbered by those that have left, so that a time which comes back is told again
    count = sum(row.status != "pending" and row.first_sent_at is not None for row in earlier)
    key = f"callback:{task.id}:{count}:{_get_stamp(task)}"
    is_wanted = recipient is not None and not is_told
    withdraw(row for row in lock_pending([f"task:{task.id}"]) if not is_wanted or row.idempotency_key != key)
    if call is None or not is_wanted:
        return None
    immediate_until = (call.ended_at or now()) + IMMEDIATE_FOR
    plan = PlannedMessage(KIND, f"task:{task.id}", key, now(), _get_end(task), "sms", task.branch_id, immediate_until=immediate_until)
    return plan_notification(plan, recipient, customer_id=call.customer_id)


def _find_recipient(task: StaffTask, call: Call) -> tuple[str, str] | None:
    """Find whom the callback is promised to; None while they speak with us, and where nothing is promised."""
    is_promised = task.status == "open" and task.due_at is not None and task.due_kind in TEMPLATES and _get_end(task) > now()
    if not is_promised or call.is_running or not load_message_policies().rules().callback_texts or not is_set_up("sms"):
        return None
    return find_text_recipient(call)


def _get_end(task: StaffTask) -> datetime:
    """When the promise is over."""
    assert task.due_at is not None
    return task.due_until or task.due_at


def _get_stamp(task: StaffTask) -> str:
    """What was promised, at the end of the message's key."""
    due_at, until = (int(at.timestamp()) if at else 0 for at in (task.due_at, task.due_until))
    return f"{task.due_kind}-{due_at}-{until}"
