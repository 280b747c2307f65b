"""Raises the alarm for a call: what the caller is told, a task above all others, and a message to the person on call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _

from app.core import phone
from app.core.clock import now
from app.core.event_bus import publish
from app.domain.emergencies.emergency_numbers import get_numbers, list_numbers_to_dial
from app.domain.emergencies.messages import get_label, say_instructions
from app.domain.emergencies.on_call import OnCallContact, find_on_call
from app.domain.emergencies.signs import EmergencyKind
from app.domain.notifications.outbox import Letter, write
from app.domain.tasks.lifecycle import make_task
from app.events import NotificationQueued
from app.models import Branch, Call, Company, Task

PRIORITY = 100
# later the person on call learns nothing by it any more
MESSAGE_LIFETIME = timedelta(hours=2)
# a call that came to us so late is no alarm, only something to look into
ALARM_WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Alarm:
    """`numbers` are to be dialled by the caller; `transfer_to` is where the call is put through."""

    kind: EmergencyKind
    say: str
    numbers: list[str]
    transfer_to: str | None = None
    task_id: str | None = None

    def data(self) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": self.kind.name, "level": self.kind.level, "numbers": self.numbers}
        if self.transfer_to:
            # `number` is what the agent's own way of putting through reads
            told |= {"transfer_to": self.transfer_to, "number": self.transfer_to}
        return told | ({"task_id": self.task_id} if self.task_id else {})


def build_alarm(kind: EmergencyKind, branch: Branch, company: Company, *, forward_to: str | None, moment: datetime) -> Alarm:
    """What the caller is told, in the language at work; nothing is written down."""
    numbers, reached = get_numbers(company, branch), find_on_call(branch, moment, otherwise=forward_to)
    dialled = list_numbers_to_dial(kind, numbers) or ([phone.display(reached.number, company.country)] if reached else [numbers.rescue])
    say = say_instructions(kind, numbers, puts_through=reached is not None)
    return Alarm(kind, say, dialled, reached.number if reached else None)


def raise_alarm(call: Call, kind: EmergencyKind, branch: Branch, company: Company, *, forward_to: str | None) -> Task:
    """The call's task, made and told to the person on call once, however often the alarm is raised."""
    with force_locale(company.language):
        what, who = get_label(kind.name), _format_caller(call, company)
        task = make_task(
            "emergency", _("Notfall: %(what)s, %(who)s", what=what, who=who), source_ref=f"emergency:{call.id}", call=call,
            reason=kind.name, priority=PRIORITY,
        )  # fmt: skip
        reached = find_on_call(branch, now(), otherwise=forward_to)
        if reached is not None and _is_recent(call):
            _notify_on_call(reached, call, branch, company, what=what, who=who)
    return task


def _notify_on_call(reached: OnCallContact, call: Call, branch: Branch, company: Company, *, what: str, who: str) -> None:
    if not phone.may_receive_sms(reached.number):
        return
    body = _(
        "%(company)s, %(branch)s: Notfall am Telefon (%(what)s). Anruf von %(who)s um %(time)s Uhr. Bitte sofort kümmern.",
        company=company.name, branch=branch.name, what=what, who=who, time=f"{call.started_at.astimezone(ZoneInfo(branch.zone)):%H:%M}",
    )  # fmt: skip
    cause = f"emergency:{call.id}"
    row = write(
        Letter("emergency", f"call:{call.id}", cause, body, _("Notfall am Telefon"), now() + MESSAGE_LIFETIME, branch.id),
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
