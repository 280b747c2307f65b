"""Hands messages that people must read over to the branch: one task for a number as long as it is open, whatever is added to it."""

from datetime import timedelta

from flask_babel import force_locale, gettext as _

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.phone import display
from app.domain.replies.answers import find_customer
from app.domain.tasks.lifecycle import create_task
from app.events import TaskMessageAdded, TaskUpdated
from app.models import Booking, Company, InboundMessage, ReplyDialogue, StaffTask

# the sender is told once in this time that people have it
REPEAT_AFTER = timedelta(hours=24)
DUE_AFTER = timedelta(hours=4)
MAX_DETAILS_LENGTH = 4000


def hand_over(message: InboundMessage, dialogue: ReplyDialogue, *, booking: Booking | None, is_urgent: bool = False) -> bool:
    """Put the message into the task of its number; whether the sender has to be told so."""
    task = _find_open_task(dialogue)
    if task is None:
        task = _create_task(message, booking, is_urgent=is_urgent)
        dialogue.task_id, is_new = task.id, True
    else:
        task.details, is_new = f"{task.details or ''}\n{describe_words(message)}"[-MAX_DETAILS_LENGTH:], False
        task.priority = max(task.priority, int(is_urgent))
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
        publish(TaskMessageAdded(task.company_id, task.id, message.id))
    must_tell = is_new or dialogue.handed_over_at is None or dialogue.handed_over_at < now() - REPEAT_AFTER
    if must_tell:
        dialogue.handed_over_at = now()
    db.session.flush()
    return must_tell


def describe_words(message: InboundMessage) -> str:
    """The words of the message, and that it brought files, in the language that is set."""
    if not message.media_count:
        return message.body
    note = _("mit Anhang, den wir nicht abrufen")
    return f"{message.body} ({note})".strip()


def _create_task(message: InboundMessage, booking: Booking | None, *, is_urgent: bool) -> StaffTask:
    company, customer = db.session.get_one(Company, message.company_id), find_customer(message)
    with force_locale(company.language):
        title = _("Nachricht: %(who)s", who=(customer.name if customer else None) or display(message.sender))
        details = describe_words(message)
    return create_task(
        "message", title, source_ref=f"message:{message.id}", details=details, due_at=now() + DUE_AFTER, priority=int(is_urgent),
        branch_id=(booking.branch_id if booking else None) or message.branch_id, customer_id=message.customer_id,
    )  # fmt: skip


def _find_open_task(dialogue: ReplyDialogue) -> StaffTask | None:
    task = db.session.get(StaffTask, dialogue.task_id, populate_existing=True) if dialogue.task_id else None
    return task if task is not None and task.status == "open" else None
