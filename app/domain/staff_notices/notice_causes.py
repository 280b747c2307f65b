"""What happened, as drafts of notices: bookings by visit and series, tasks by kind, sick leave, agents and connections."""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.notifications.message_kinds import KINDS
from app.domain.staff_notices.recipients import NoticeDraft
from app.models import Booking, BookingChange, Closure, Notification, PhoneNumber, StaffBranch, StaffTask

KIND_BY_TASK = {"emergency": "emergency", "message": "customer_message"}
# messages about an appointment, and why one is given up that was to go out
APPOINTMENT_KINDS = tuple(kind.name for kind in KINDS.values() if kind.has_calendar_file)
FAILED_REASONS = (
    "unreachable", "undelivered", "mailbox_full", "not_allowed", "sender_refused", "private_address", "refused", "no_answer", "not_reached",
    "host_unknown", "tls_failed", "rate_limited",
)  # fmt: skip
# tasks whose cause is another calendar (calendar_sync)
CALENDAR_REF = "calendar:"


def draft_booking_notices(kind: str, booking_ids: Collection[str]) -> list[NoticeDraft]:
    """One notice for each visit, and one for what happened to a series at once; none for appointments that have begun."""
    latest = and_(BookingChange.booking_id == Booking.id, BookingChange.version == Booking.version)
    statement = select(Booking, BookingChange.before).outerjoin(BookingChange, latest)
    rows = db.session.execute(statement.where(Booking.id.in_(booking_ids), Booking.starts_at > now()))
    ordered = sorted(rows, key=lambda row: (_get_group(row[0]), row[0].starts_at, row[0].id))
    return [_draft_bookings(kind, list(group)) for _key, group in groupby(ordered, key=lambda row: _get_group(row[0]))]


def _get_group(booking: Booking) -> str:
    return booking.series_id or booking.occupant


def _draft_bookings(kind: str, rows: list[Any]) -> NoticeDraft:
    bookings = [booking for booking, _before in rows]
    first = bookings[0]
    # whoever had the appointment until now is to know it, too
    earlier = {before["staff_id"] for _booking, before in rows if before and before.get("staff_id")}
    return NoticeDraft(
        kind,
        f"booking:{first.id}",
        f"{kind}:{first.id}:{first.version}",
        branch_ids=tuple(dict.fromkeys(booking.branch_id for booking in bookings)),
        staff_ids=tuple({booking.staff_id for booking in bookings} | earlier),
        subject_count=len({booking.occupant for booking in bookings}),
        appointment_at=first.starts_at,
    )


def draft_task_notices(task_ids: Collection[str]) -> list[NoticeDraft]:
    tasks = db.session.scalars(select(StaffTask).where(StaffTask.id.in_(task_ids)).order_by(StaffTask.id))
    return [
        NoticeDraft(get_task_kind(task), f"task:{task.id}", f"task:{task.id}", (task.branch_id,) if task.branch_id else ())
        for task in tasks
    ]


def draft_message_notice(task_id: str, message_id: str) -> NoticeDraft | None:
    """Another message about a task that is open already, and known."""
    task = db.session.get(StaffTask, task_id)
    if task is None:
        return None
    return NoticeDraft("customer_message", f"task:{task.id}", f"message:{message_id}", (task.branch_id,) if task.branch_id else ())


def draft_failed_message_notice(notification_id: str) -> NoticeDraft | None:
    """A message about an appointment that is ahead which its carrier does not bring; what is known beforehand stands at the booking."""
    row = db.session.get_one(Notification, notification_id)
    if row.kind not in APPOINTMENT_KINDS or row.reason not in FAILED_REASONS:
        return None
    booking = db.session.scalars(select(Booking).where(Booking.id == row.subject.partition(":")[2])).first()
    if booking is None or booking.starts_at <= now():
        return None
    return NoticeDraft("message_failed", f"booking:{booking.id}", f"message:{row.id}", (booking.branch_id,))


def get_task_kind(task: StaffTask) -> str:
    """The kind of notice that a task gives cause for."""
    return "calendar_problem" if (task.source_ref or "").startswith(CALENDAR_REF) else KIND_BY_TASK.get(task.kind, "task")


def draft_sick_notices(closure_ids: Collection[str]) -> list[NoticeDraft]:
    closures = db.session.scalars(select(Closure).where(Closure.id.in_(closure_ids)).order_by(Closure.id)).all()
    return [NoticeDraft("sick_leave", f"closure:{row.id}", f"closure:{row.id}", _list_branches(row)) for row in closures]


def draft_agent_notice(agent_id: str, found_at: datetime) -> NoticeDraft:
    branches = select(PhoneNumber.branch_id).where(PhoneNumber.agent_id == agent_id).distinct()
    branch_ids = tuple(db.session.scalars(branches.order_by(PhoneNumber.branch_id)))
    subject = f"agent:{agent_id}"
    return NoticeDraft("agent_problem", subject, f"{subject}:{found_at:%Y%m%dT%H%M%S}", branch_ids)


def draft_connection_notice(connection_id: str, found_at: datetime) -> NoticeDraft:
    subject = f"connection:{connection_id}"
    return NoticeDraft("connection_problem", subject, f"{subject}:{found_at:%Y%m%dT%H%M%S}")


def _list_branches(closure: Closure) -> tuple[str, ...]:
    if closure.branch_id:
        return (closure.branch_id,)
    branches = select(StaffBranch.branch_id).where(StaffBranch.staff_id == closure.staff_id)
    return tuple(db.session.scalars(branches.order_by(StaffBranch.branch_id)))
