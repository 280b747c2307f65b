"""Raises the alarm for a call: instructions, a task with top priority, and a message to the on-call contact."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _

from app.core import phone
from app.core.clock import now
from app.core.event_bus import publish
from app.domain.emergencies.caller_instructions import get_label, say_instructions
from app.domain.emergencies.emergency_numbers import get_numbers, list_numbers_to_dial
from app.domain.emergencies.on_call import OnCallContact, find_on_call
from app.domain.emergencies.signs import EmergencyKind
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.domain.tasks.lifecycle import create_task
from app.events import NotificationQueued
from app.models import Branch, Call, Company, StaffTask

PRIORITY = 100
# a later message would be useless
MESSAGE_LIFETIME = timedelta(hours=2)
# calls that ended longer ago raise no alarm
ALARM_WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class EmergencyResponse:
    """`numbers` are for the caller to dial; `transfer_to` is the transfer number."""

    kind: EmergencyKind
    say: str
    numbers: list[str]
    transfer_to: str | None = None
    task_id: str | None = None

    def data(self) -> dict[str, Any]:
        payload: dict[str, Any] = {"kind": self.kind.name, "level": self.kind.level, "numbers": self.numbers}
        if self.transfer_to:
            # the agent's transfer function reads `number`
            payload |= {"transfer_to": self.transfer_to, "number": self.transfer_to}
        return payload | ({"task_id": self.task_id} if self.task_id else {})


def build_alarm(
    kind: EmergencyKind, branch: Branch, company: Company, *, forward_number: str | None, moment: datetime
) -> EmergencyResponse:
    """Build the alarm with instructions in the current language; writes nothing."""
    numbers, reached = get_numbers(company, branch), find_on_call(branch, moment, otherwise=forward_number)
    dialled = list_numbers_to_dial(kind, numbers) or ([phone.display(reached.number, company.country)] if reached else [numbers.rescue])
    say = say_instructions(kind, numbers, puts_through=reached is not None)
    return EmergencyResponse(kind, say, dialled, reached.number if reached else None)


def raise_alarm(call: Call, kind: EmergencyKind, branch: Branch, company: Company, *, forward_number: str | None) -> StaffTask:
    """Create the call's emergency task and notify the on-call contact; idempotent."""
    with force_locale(company.language):
        what, who = get_label(kind.name), _format_caller(call, company)
        task = create_task(
            "emergency", _("Notfall: %(what)s, %(who)s", what=what, who=who), source_ref=f"emergency:{call.id}", call=call,
            reason=kind.name, priority=PRIORITY,
        )  # fmt: skip
        reached = find_on_call(branch, now(), otherwise=forward_number)
        if reached is not None and _is_recent(call):
            _notify_on_call(reached, call, branch, company, what=what, who=who)
    return task


def _notify_on_call(reached: OnCallContact, call: Call, branch: Branch, company: Company, *, what: str, who: str) -> None:
    if not phone.may_receive_sms(reached.number):
        return
    time = f"{call.started_at.astimezone(ZoneInfo(branch.timezone)):%H:%M}"
    values = {"company": company.name, "where": branch.name, "what": what, "who": who, "time": time}
    title, body = render_message("emergency", values)
    cause = f"emergency:{call.id}"
    row = queue_notification(
        NotificationDraft("emergency", f"call:{call.id}", cause, body, title, now() + MESSAGE_LIFETIME, branch.id),
        ("sms", reached.number),
        customer_id=None,
    )
    publish(NotificationQueued(call.company_id, row.id))


def _is_recent(call: Call) -> bool:
    return (call.ended_at or now()) > now() - ALARM_WINDOW


def _format_caller(call: Call, company: Company) -> str:
    if call.caller_kind == "withheld" or not call.from_number:
        return _("Nummer unterdrückt")
    return phone.display(call.from_number, company.country)
