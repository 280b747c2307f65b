"""The timeline of a call, from the received webhook to the push to the dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _, ngettext
from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.core import phone
from app.core.extensions import db
from app.domain.agents.tools.emergency_override import REPORT_FUNCTION
from app.domain.emergencies.caller_instructions import get_label
from app.models import Call, CallEvent, ToolCall, WebhookEvent
from app.web.dashboard.call_transcript_view import is_emergency_answer
from app.web.formatting import clock_s, duration, milliseconds, number
from app.web.tool_labels import get_tool_label

SLOW_MS = 300
# Minimum width of a bar, in per cent of the part's scale.
MIN_WIDTH_PERCENT = 2
ARRIVAL_EVENTS = ("matched", "started", "received")
CLOSING_EVENTS = ("ended", "analyzed", "booked", "task")


@dataclass
class TimelineStep:
    """One line; `took_ms` is how long it lasted, up to `at`."""

    at: datetime
    label: str
    state: str = "talking"
    took_ms: float | None = None


def list_tool_calls(call_id: str) -> Sequence[ToolCall]:
    """List the tool calls in the order of the conversation."""
    return db.session.scalars(select(ToolCall).where(ToolCall.call_id == call_id).order_by(ToolCall.after_turn, ToolCall.id)).all()


def build_timeline(call: Call, tools: Sequence[ToolCall]) -> tuple[list[dict[str, Any]], int]:
    """Build the parts Annahme, Gespräch and Abschluss for dashboard/call.html, and count their steps."""
    events = db.session.scalars(select(CallEvent).where(CallEvent.call_id == call.id).order_by(CallEvent.seq)).all()
    webhooks = _get_webhooks(events)
    first = events[0].webhook_event_id if events else None
    arrival = _build_webhook_steps(webhooks.get(first)) + [
        step for event in events if event.type in ARRIVAL_EVENTS and (step := _build_arrival_step(call, event))
    ]
    closing_ids = dict.fromkeys(e.webhook_event_id for e in events if e.type in CLOSING_EVENTS and e.webhook_event_id != first)
    closing = [step for event in events if event.type in CLOSING_EVENTS and (step := _build_closing_step(event))]
    closing += [step for webhook in closing_ids for step in _build_webhook_steps(webhooks.get(webhook))]
    parts = [
        _build_part(_("Annahme"), arrival, lambda step, start: clock_s(step.at) if step.at == start else _format_offset(step.at - start)),
        _build_part(
            _("Gespräch"),
            _build_conversation_steps(events, tools),
            lambda step, _start: duration((step.at - call.started_at).total_seconds()),
        ),
        _build_part(_("Abschluss"), closing, lambda step, start: clock_s(step.at) if step.at == start else _format_offset(step.at - start)),
    ]
    return parts, sum(len(part["steps"]) for part in parts)


def _get_webhooks(events: Sequence[CallEvent]) -> dict[int | None, WebhookEvent]:
    """Get the times at which the events' webhooks were received, applied and pushed, without their bodies."""
    ids = {event.webhook_event_id for event in events if event.webhook_event_id and event.type in (*ARRIVAL_EVENTS, *CLOSING_EVENTS)}
    columns = (WebhookEvent.event_name, WebhookEvent.received_at, WebhookEvent.handled_at, WebhookEvent.pushed_at)
    statement = select(WebhookEvent).where(WebhookEvent.id.in_(ids)).options(load_only(*columns, raiseload=True))
    return {webhook.id: webhook for webhook in db.session.scalars(statement)} if ids else {}


def _build_webhook_steps(webhook: WebhookEvent | None) -> list[TimelineStep]:
    """Build the steps of a webhook: received, processed, pushed."""
    if webhook is None:
        return []
    steps = [TimelineStep(webhook.received_at, _("%(event)s empfangen", event=webhook.event_name))]
    if webhook.handled_at:
        steps.append(
            TimelineStep(webhook.handled_at, _("Verarbeitet und gespeichert"), "talking", _get_ms(webhook.received_at, webhook.handled_at))
        )
    if webhook.handled_at and webhook.pushed_at:
        steps.append(
            TimelineStep(webhook.pushed_at, _("Ins Dashboard geschickt"), "booked", _get_ms(webhook.handled_at, webhook.pushed_at))
        )
    return steps


def _build_arrival_step(call: Call, event: CallEvent) -> TimelineStep | None:
    if event.type == "matched":
        number_called = phone.display(call.to_number) if call.to_number else _("Assistentin")
        return TimelineStep(event.occurred_at, _("%(called)s zugeordnet", called=number_called))
    return TimelineStep(event.occurred_at, _("Anruf begonnen"), "ringing") if event.type == "started" else None


def _build_conversation_steps(events: Sequence[CallEvent], tools: Sequence[ToolCall]) -> list[TimelineStep]:
    steps = [
        TimelineStep(
            tool.finished_at or tool.created_at,
            str(get_tool_label(REPORT_FUNCTION if is_emergency_answer(tool) else tool.name).done),
            "bad" if tool.ok is False or is_emergency_answer(tool) else "tool",
            tool.duration_ms,
        )
        for tool in tools
    ]
    transcript_events = [event for event in events if event.type == "turns"]
    if transcript_events:
        label = ngettext("Mitschrift einmal ergänzt", "Mitschrift %(num)s-mal ergänzt", len(transcript_events))
        steps.append(TimelineStep(transcript_events[-1].occurred_at, label))
    transfers = {
        "transfer_started": _("Wird durchgestellt"), "transfer_bridged": _("Durchgestellt"),
        "transfer_cancelled": _("Durchstellen abgebrochen"), "transfer_ended": _("Durchgestelltes Gespräch beendet"),
    }  # fmt: skip
    steps += [TimelineStep(event.occurred_at, _describe_emergency(event), "bad") for event in events if event.type == "emergency"]
    return steps + [TimelineStep(event.occurred_at, transfers[event.type]) for event in events if event.type in transfers]


def _describe_emergency(event: CallEvent) -> str:
    return _("Notfall: %(what)s", what=get_label((event.data or {}).get("kind", "")))


def _build_closing_step(event: CallEvent) -> TimelineStep | None:
    steps = {
        "ended": (_("Gespräch beendet"), "ended"),
        "analyzed": (_("Zusammenfassung angekommen"), "tool"),
        "booked": (_("Termin eingetragen"), "booked"),
        "task": (_("Aufgabe angelegt"), "held"),
    }
    return TimelineStep(event.occurred_at, *steps[event.type])


def _build_part(title: str, steps: list[TimelineStep], format_time: Any) -> dict[str, Any]:
    """Build a part on its own time scale, from its first step to its last."""
    steps = sorted(steps, key=lambda step: step.at)
    if not steps:
        return {"title": title, "steps": []}
    start = min(step.at - timedelta(milliseconds=step.took_ms or 0) for step in steps)
    span = max((steps[-1].at - start).total_seconds() * 1000, 1)
    return {"title": title, "steps": [_build_line(step, start, span, format_time(step, steps[0].at)) for step in steps]}


def _build_line(step: TimelineStep, start: datetime, span: float, at: str) -> dict[str, Any]:
    slow = step.took_ms is not None and step.took_ms > SLOW_MS and step.state == "tool"
    width = max((step.took_ms or 0) / span * 100, MIN_WIDTH_PERCENT)
    left = min(max((step.at - start).total_seconds() * 100_000 / span - width, 0), 100 - MIN_WIDTH_PERCENT)
    state = "warn" if slow else step.state
    took = milliseconds(step.took_ms)
    return {"at": at, "label": step.label, "took": took, "state": state, "left": round(left, 1), "width": round(width, 1), "slow": slow}


def _get_ms(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds() * 1000, 0)


def _format_offset(span: timedelta) -> str:
    """`+52 ms`, `+1,9 s`, later `+2:14`"""
    seconds = span.total_seconds()
    if seconds < 1:
        return f"+{round(seconds * 1000)} ms"
    return f"+{number(round(seconds, 1))} s" if seconds < 60 else f"+{duration(seconds)}"
