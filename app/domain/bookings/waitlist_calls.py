"""Tasks to phone whoever waits for a time and is reached by no message; meanwhile the time is not held."""

from datetime import datetime, timedelta

from flask_babel import force_locale, gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.phone import display
from app.domain.bookings.message_time_format import format_when
from app.domain.notifications.notification_queue import find_recipient
from app.domain.notifications.sender_accounts import find_outage, is_set_up
from app.domain.tasks.lifecycle import complete_task, create_task
from app.models import Branch, Company, Customer, Service, StaffTask, WaitlistEntry

KIND = "call_waiting"
DUE_AFTER = timedelta(hours=1)
BATCH_SIZE = 200


def is_reached(entry: WaitlistEntry) -> bool:
    """Whether an offer would get to whoever waits: an address is known, and something leaves over its channel."""
    customer = db.session.get_one(Customer, entry.customer_id)
    recipient = find_recipient(customer, number=entry.contact_phone, email=entry.contact_email)
    return recipient is not None and is_set_up(recipient[0]) and find_outage(recipient[0]) is None


def ask_to_call(entry: WaitlistEntry, branch_id: str, starts_at: datetime) -> StaffTask:
    """Ask the branch to phone whoever waits about a time that is free; one task for an entry and a time."""
    branch, company = db.session.get_one(Branch, branch_id), db.session.get_one(Company, entry.company_id)
    customer, service = db.session.get_one(Customer, entry.customer_id), db.session.get_one(Service, entry.service_id)
    number = entry.contact_phone or customer.of_kind("phone")
    with force_locale(company.language):
        who = customer.name or (display(number) if number else _("Ohne Namen"))
        title = _("Anrufen: %(who)s, frei geworden: %(when)s", who=who, when=format_when(starts_at, branch.timezone))
        reason = _("Steht auf der Warteliste, und keine Nachricht geht hinaus. Die Zeit ist nicht reserviert.")
    details = "\n".join(filter(None, (service.name, display(number) if number else None, reason)))
    return create_task(
        KIND, title, source_ref=f"{KIND}:{entry.id}:{int(starts_at.timestamp())}", details=details,
        due_at=min(now() + DUE_AFTER, starts_at), branch_id=branch_id, customer_id=customer.id,
    )  # fmt: skip


def list_companies_with_tasks() -> list[str]:
    """List the companies that have such tasks open; inside unscoped()."""
    statement = select(StaffTask.company_id).where(StaffTask.kind == KIND, StaffTask.status == "open")
    return list(db.session.scalars(statement.distinct()))


def close_settled() -> int:
    """Close the open tasks of the current company whose time is past, or whose person waits no more; returns their number."""
    tasks = list(db.session.scalars(select(StaffTask).where(StaffTask.kind == KIND, StaffTask.status == "open").limit(BATCH_SIZE)))
    entry_ids = [(task.source_ref or "::").split(":")[1] for task in tasks]
    waiting = set(db.session.scalars(select(WaitlistEntry.id).where(WaitlistEntry.id.in_(entry_ids), WaitlistEntry.status == "waiting")))
    closed = [task for task, entry_id in zip(tasks, entry_ids, strict=True) if entry_id not in waiting or _is_past(task)]
    for task in closed:
        complete_task(task.id, branch_ids=[])
    return len(closed)


def _is_past(task: StaffTask) -> bool:
    return int((task.source_ref or "::0").split(":")[2]) <= now().timestamp()
