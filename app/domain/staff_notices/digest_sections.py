"""What a daily summary says of one branch: yesterday's calls and bookings, today's appointments, open tasks and absences; no names."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _, ngettext
from sqlalchemy import ColumnElement, and_, func, select

from app.core.extensions import db
from app.domain.accounts.permissions import can
from app.domain.bookings.message_time_format import format_clock
from app.domain.reports.figures import UNANSWERED_OUTCOMES
from app.domain.staff_notices.notice_causes import APPOINTMENT_KINDS, FAILED_REASONS, get_task_kind
from app.domain.staff_notices.preferences import get_channels, list_kinds
from app.domain.staff_notices.recipients import Colleague
from app.models import Booking, BookingChange, Branch, CallHour, Closure, Notification, StaffBranch, StaffTask
from app.models.call_stats import RUNNING_OUTCOME

MAX_TASKS = 500
KIND_BY_ACTION = {"made": "booking_made", "moved": "booking_moved", "cancelled": "booking_cancelled"}


def write_section(person: Colleague, branch: Branch, day: date) -> str:
    """The lines of one branch; empty where there is nothing to tell."""
    kinds = list_kinds(person.user)
    wanted = {kind.name for kind in kinds if "digest" in get_channels(person.user, kind, person.settings)}
    yesterday = [*_describe_calls(person, branch, day - timedelta(days=1)), *_describe_changes(person, branch, day, wanted)]
    yesterday += _count_failed(branch, day, wanted)
    today = [*_describe_appointments(person, branch, day), *_describe_tasks(branch, wanted), *_describe_absences(branch, day, wanted)]
    lines = [_("Gestern: %(what)s", what=", ".join(yesterday))] if yesterday else []
    lines += [_("Heute: %(what)s", what=", ".join(today))] if today else []
    return "\n".join([branch.name, *lines]) if lines else ""


def _describe_calls(person: Colleague, branch: Branch, day: date) -> list[str]:
    if person.own_staff_id or not can(person.user, "calls.read"):
        return []
    counted = select(CallHour.outcome, func.sum(CallHour.calls)).where(
        CallHour.branch_id == branch.id, CallHour.day == day, CallHour.outcome != RUNNING_OUTCOME
    )
    calls = {outcome: int(count) for outcome, count in db.session.execute(counted.group_by(CallHour.outcome))}
    total, missed = sum(calls.values()), sum(calls.get(outcome, 0) for outcome in UNANSWERED_OUTCOMES)
    words = [ngettext("%(num)s Anruf", "%(num)s Anrufe", total)] if total > 0 else []
    return [*words, _("%(count)s davon verpasst", count=missed)] if words and missed > 0 else words


def _describe_changes(person: Colleague, branch: Branch, day: date, wanted: set[str]) -> list[str]:
    """Count the visits that were booked, moved and cancelled yesterday."""
    visit = func.coalesce(Booking.visit_id, Booking.id)
    starts, ends = (get_day_start(day + timedelta(days=ahead), branch.timezone) for ahead in (-1, 0))
    span = (BookingChange.occurred_at >= starts, BookingChange.occurred_at < ends)
    statement = select(BookingChange.action, func.count(visit.distinct())).join(Booking, Booking.id == BookingChange.booking_id)
    statement = statement.where(*_build_booking_conditions(person, branch), *span, BookingChange.action.in_(KIND_BY_ACTION))
    counts = dict(db.session.execute(statement.group_by(BookingChange.action)).all())
    words = {
        "made": ngettext("%(num)s neuer Termin", "%(num)s neue Termine", counts.get("made", 0)),
        "moved": _("%(count)s verschoben", count=counts.get("moved", 0)),
        "cancelled": _("%(count)s abgesagt", count=counts.get("cancelled", 0)),
    }
    return [words[action] for action, kind in KIND_BY_ACTION.items() if kind in wanted and counts.get(action)]


def _count_failed(branch: Branch, day: date, wanted: set[str]) -> list[str]:
    """Count the messages of yesterday about appointments that did not arrive."""
    if "message_failed" not in wanted:
        return []
    starts, ends = (get_day_start(day + timedelta(days=ahead), branch.timezone) for ahead in (-1, 0))
    failed = select(func.count()).select_from(Notification).where(
        Notification.branch_id == branch.id, Notification.kind.in_(APPOINTMENT_KINDS), Notification.status == "dead",
        Notification.reason.in_(FAILED_REASONS), Notification.finished_at >= starts, Notification.finished_at < ends,
    )  # fmt: skip
    count = db.session.scalar(failed) or 0
    return [ngettext("%(num)s Nachricht nicht zugestellt", "%(num)s Nachrichten nicht zugestellt", count)] if count else []


def _describe_appointments(person: Colleague, branch: Branch, day: date) -> list[str]:
    visit = func.coalesce(Booking.visit_id, Booking.id)
    starts, ends = (get_day_start(day + timedelta(days=ahead), branch.timezone) for ahead in (0, 1))
    span = (Booking.starts_at >= starts, Booking.starts_at < ends)
    statement = select(func.count(visit.distinct()), func.min(Booking.starts_at)).where(
        *_build_booking_conditions(person, branch), *span, Booking.active()
    )
    count, first = db.session.execute(statement).one()
    if not count:
        return []
    return [ngettext("%(num)s Termin um %(time)s", "%(num)s Termine ab %(time)s", count, time=format_clock(first, branch.timezone))]


def _describe_tasks(branch: Branch, wanted: set[str]) -> list[str]:
    """Count what is open, whenever it came."""
    rows = db.session.scalars(select(StaffTask).where(StaffTask.status == "open", StaffTask.branch_id == branch.id).limit(MAX_TASKS))
    counts = Counter(get_task_kind(task) for task in rows)
    tasks, messages, syncs = counts["task"] + counts["emergency"], counts["customer_message"], counts["calendar_problem"]
    words = [
        ("task", tasks, ngettext("%(num)s offene Aufgabe", "%(num)s offene Aufgaben", tasks)),
        ("customer_message", messages, ngettext("%(num)s offene Nachricht", "%(num)s offene Nachrichten", messages)),
        ("calendar_problem", syncs, ngettext("%(num)s Termin im Abgleich zu klären", "%(num)s Termine im Abgleich zu klären", syncs)),
    ]
    return [text for kind, count, text in words if count and kind in wanted]


def _describe_absences(branch: Branch, day: date, wanted: set[str]) -> list[str]:
    if "sick_leave" not in wanted:
        return []
    midnight = datetime.combine(day, time())
    is_today = and_(Closure.local_start < midnight + timedelta(days=1), Closure.local_end > midnight)
    works_here = Closure.staff_id.in_(select(StaffBranch.staff_id).where(StaffBranch.branch_id == branch.id))
    sick = select(func.count(Closure.staff_id.distinct())).where(Closure.kind == "sick", is_today, works_here)
    count = db.session.scalar(sick) or 0
    return [ngettext("%(num)s Person krankgemeldet", "%(num)s Personen krankgemeldet", count)] if count else []


def _build_booking_conditions(person: Colleague, branch: Branch) -> list[ColumnElement[bool]]:
    own = [Booking.staff_id == person.own_staff_id] if person.own_staff_id else []
    return [Booking.branch_id == branch.id, *own]


def get_day_start(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
