"""Raises the alarm for a call: what the caller is told, a task above all others, and a message to the person on call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _

from app.core import phone
from app.core.clock import now
from app.core.event_bus import publish
from app.domain.emergencies.emergency_numbers import numbers_of, to_dial
from app.domain.emergencies.messages import label_of, say_what_to_do
from app.domain.emergencies.on_call import OnCall, on_call_now
from app.domain.emergencies.signs import Kind
from app.domain.notifications.outbox import Letter, write
from app.domain.tasks.lifecycle import make_task
from app.events import NotificationQueued
from app.models import Branch, Call, Company, Task

PRIORITY = 100
# later the person on call learns nothing by it any more
MESSAGE_LASTS = timedelta(hours=2)
# a call that came to us so late is no alarm, only something to look into
NEWS_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Alarm:
    """`numbers` are to be dialled by the caller; `transfer_to` is where the call is put through."""

    kind: Kind
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


def advise(kind: Kind, branch: Branch, company: Company, *, forward_to: str | None, moment: datetime) -> Alarm:
    """What the caller is told, in the language at work; nothing is written down."""
    numbers, reached = numbers_of(company, branch), on_call_now(branch, moment, otherwise=forward_to)
    dialled = to_dial(kind, numbers) or ([phone.display(reached.number, company.country)] if reached else [numbers.rescue])
    say = say_what_to_do(kind, numbers, puts_through=reached is not None)
    return Alarm(kind, say, dialled, reached.number if reached else None)


def raise_alarm(call: Call, kind: Kind, branch: Branch, company: Company, *, forward_to: str | None) -> Task:
    """The call's task, made and told to the person on call once, however often the alarm is raised."""
    with force_locale(company.language):
        what, who = label_of(kind.name), _caller(call, company)
        task = make_task(
            "emergency", _("Notfall: %(what)s, %(who)s", what=what, who=who), source_ref=f"emergency:{call.id}", call=call,
            reason=kind.name, priority=PRIORITY,
        )  # fmt: skip
        reached = on_call_now(branch, now(), otherwise=forward_to)
        if reached is not None and _is_news(call):
            _tell(reached, call, branch, company, what=what, who=who)
    return task


def _tell(reached: OnCall, call: Call, branch: Branch, company: Company, *, what: str, who: str) -> None:
    if not phone.may_receive_sms(reached.number):
        return
    body = _(
        "%(company)s, %(branch)s: Notfall am Telefon (%(what)s). Anruf von %(who)s um %(time)s Uhr. Bitte sofort kümmern.",
        company=company.name, branch=branch.name, what=what, who=who, time=f"{call.started_at.astimezone(ZoneInfo(branch.zone)):%H:%M}",
    )  # fmt: skip
    cause = f"emergency:{call.id}"
    row = write(
        Letter("emergency", f"call:{call.id}", cause, body, _("Notfall am Telefon"), now() + MESSAGE_LASTS, branch.id),
        ("sms", reached.number),
        customer_id=None,
    )
    publish(NotificationQueued(call.company_id, row.id))


def _is_news(call: Call) -> bool:
    return (call.ended_at or now()) > now() - NEWS_FOR


def _caller(call: Call, company: Company) -> str:
    if call.caller_kind == "withheld" or not call.from_number:
        return _("Nummer unterdrückt")
    return phone.display(call.from_number, company.country)
