"""The flight recorder: what happened to a call and when, from the webhook that came in to the dashboard that showed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _, ngettext
from sqlalchemy import select

from app.core import phone
from app.core.extensions import db
from app.domain.emergencies.messages import get_label
from app.models import Call, CallEvent, ToolCall, WebhookEvent
from app.web.formatting import clock_s, duration, milliseconds, number
from app.web.labels import tool_word

SLOW_MS = 300
# what is drawn at least, in per cent of the part's scale
NARROWEST = 2
ARRIVAL = ("matched", "started", "received")
CLOSING = ("ended", "analyzed", "booked", "task")


@dataclass
class Step:
    """One line; `took_ms` is how long it lasted, up to `at`."""

    at: datetime
    label: str
    state: str = "talking"
    took_ms: float | None = None


def tool_calls(call_id: str) -> Sequence[ToolCall]:
    """What the agent used, in the order of the conversation."""
    return db.session.scalars(select(ToolCall).where(ToolCall.call_id == call_id).order_by(ToolCall.after_turn, ToolCall.id)).all()


def recorder(call: Call, tools: Sequence[ToolCall]) -> tuple[list[dict[str, Any]], int]:
    """The parts Annahme, Gespräch and Abschluss as dashboard/call.html wants them, and how many steps they have."""
    events = db.session.scalars(select(CallEvent).where(CallEvent.call_id == call.id).order_by(CallEvent.seq)).all()
    webhooks = _webhooks(events)
    first = events[0].webhook_event_id if events else None
    arrival = _way(webhooks.get(first)) + [step for event in events if event.type in ARRIVAL and (step := _arrival(call, event))]
    closing_ids = dict.fromkeys(e.webhook_event_id for e in events if e.type in CLOSING and e.webhook_event_id != first)
    closing = [step for event in events if event.type in CLOSING and (step := _closing(event))]
    closing += [step for webhook in closing_ids for step in _way(webhooks.get(webhook))]
    parts = [
        _part(_("Annahme"), arrival, lambda step, start: clock_s(step.at) if step.at == start else _after(step.at - start)),
        _part(_("Gespräch"), _talk(events, tools), lambda step, _start: duration((step.at - call.started_at).total_seconds())),
        _part(_("Abschluss"), closing, lambda step, start: clock_s(step.at) if step.at == start else _after(step.at - start)),
    ]
    return parts, sum(len(part["steps"]) for part in parts)


def _webhooks(events: Sequence[CallEvent]) -> dict[int | None, Any]:
    """When the webhooks behind the events came, were applied and were pushed; never their bodies."""
    ids = {event.webhook_event_id for event in events if event.webhook_event_id and event.type in (*ARRIVAL, *CLOSING)}
    columns = (WebhookEvent.id, WebhookEvent.event, WebhookEvent.received_at, WebhookEvent.handled_at, WebhookEvent.pushed_at)
    return {row.id: row for row in db.session.execute(select(*columns).where(WebhookEvent.id.in_(ids)))} if ids else {}


def _way(webhook: Any) -> list[Step]:
    """A webhook's way through the house."""
    if webhook is None:
        return []
    steps = [Step(webhook.received_at, _("%(event)s empfangen", event=webhook.event))]
    if webhook.handled_at:
        steps.append(Step(webhook.handled_at, _("Verarbeitet und gespeichert"), "talking", _ms(webhook.received_at, webhook.handled_at)))
    if webhook.handled_at and webhook.pushed_at:
        steps.append(Step(webhook.pushed_at, _("Ins Dashboard geschickt"), "booked", _ms(webhook.handled_at, webhook.pushed_at)))
    return steps


def _arrival(call: Call, event: CallEvent) -> Step | None:
    if event.type == "matched":
        called = phone.display(call.to_number) if call.to_number else _("Assistentin")
        return Step(event.at, _("%(called)s zugeordnet", called=called))
    return Step(event.at, _("Anruf begonnen"), "ringing") if event.type == "started" else None


def _talk(events: Sequence[CallEvent], tools: Sequence[ToolCall]) -> list[Step]:
    steps = [
        Step(tool.finished_at or tool.created_at, str(tool_word(tool.name).done), "bad" if tool.ok is False else "tool", tool.duration_ms)
        for tool in tools
    ]
    spoken = [event for event in events if event.type == "turns"]
    if spoken:
        label = ngettext("Mitschrift einmal ergänzt", "Mitschrift %(num)s-mal ergänzt", len(spoken))
        steps.append(Step(spoken[-1].at, label))
    transfers = {
        "transfer_started": _("Wird durchgestellt"), "transfer_bridged": _("Durchgestellt"),
        "transfer_cancelled": _("Durchstellen abgebrochen"), "transfer_ended": _("Durchgestelltes Gespräch beendet"),
    }  # fmt: skip
    steps += [Step(event.at, _alarm(event), "bad") for event in events if event.type == "emergency"]
    return steps + [Step(event.at, transfers[event.type]) for event in events if event.type in transfers]


def _alarm(event: CallEvent) -> str:
    return _("Notfall: %(what)s", what=get_label((event.data or {}).get("kind", "")))


def _closing(event: CallEvent) -> Step | None:
    words = {
        "ended": (_("Gespräch beendet"), "ended"),
        "analyzed": (_("Zusammenfassung angekommen"), "tool"),
        "booked": (_("Termin eingetragen"), "booked"),
        "task": (_("Aufgabe angelegt"), "held"),
    }
    return Step(event.at, *words[event.type])


def _part(title: str, steps: list[Step], told: Any) -> dict[str, Any]:
    """A part on its own scale, from its first step to its last."""
    steps = sorted(steps, key=lambda step: step.at)
    if not steps:
        return {"title": title, "steps": []}
    start = min(step.at - timedelta(milliseconds=step.took_ms or 0) for step in steps)
    span = max((steps[-1].at - start).total_seconds() * 1000, 1)
    return {"title": title, "steps": [_line(step, start, span, told(step, steps[0].at)) for step in steps]}


def _line(step: Step, start: datetime, span: float, at: str) -> dict[str, Any]:
    slow = step.took_ms is not None and step.took_ms > SLOW_MS and step.state == "tool"
    width = max((step.took_ms or 0) / span * 100, NARROWEST)
    left = min(max((step.at - start).total_seconds() * 100_000 / span - width, 0), 100 - NARROWEST)
    state = "warn" if slow else step.state
    took = milliseconds(step.took_ms)
    return {"at": at, "label": step.label, "took": took, "state": state, "left": round(left, 1), "width": round(width, 1), "slow": slow}


def _ms(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds() * 1000, 0)


def _after(span: timedelta) -> str:
    """`+52 ms`, `+1,9 s`, later `+2:14`"""
    seconds = span.total_seconds()
    if seconds < 1:
        return f"+{round(seconds * 1000)} ms"
    return f"+{number(round(seconds, 1))} s" if seconds < 60 else f"+{duration(seconds)}"
