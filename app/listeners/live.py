"""Writes live events in the transaction of their cause and pushes them after its commit."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from app import events
from app.core.clock import now
from app.core.event_bus import subscribe
from app.core.tenancy import unscoped
from app.core.transactions import on_commit
from app.domain.privacy.call_content_erasure import redact_live_event
from app.events import (
    BookingEventBase,
    CallEventBase,
    HoldPlaced,
    HoldReleased,
    LineCheckReceived,
    SessionsRevoked,
    TaskCreated,
    TaskUpdated,
    ToolFinished,
    ToolStarted,
    TranscriptTurnAdded,
)
from app.realtime import broadcast, event_log
from app.serializers import live as shapes, live_booking

LiveSource = CallEventBase | BookingEventBase | TaskCreated | TaskUpdated
Rows = list[dict[str, Any]]

CALL_NAMES = {
    events.CallStarted: "call.started",
    events.CallUpdated: "call.updated",
    events.CallEnded: "call.completed",
    events.CallAnalyzed: "call.analyzed",
}
BOOKING_NAMES = {
    events.BookingCreated: "booking.made",
    events.BookingRescheduled: "booking.moved",
    events.BookingDetailsChanged: "booking.changed",
    events.BookingCancelled: "booking.cancelled",
}
HOLD_NAMES = {HoldPlaced: "hold.placed", HoldReleased: "hold.released"}
TASK_NAMES = {TaskCreated: "task.created", TaskUpdated: "task.updated"}
# live event name -> figure of the branch that it changes
FIGURES_BY_EVENT = {
    **dict.fromkeys(("call.started", "call.completed", "call.analyzed"), "calls"),
    **dict.fromkeys(("booking.made", "booking.moved", "booking.cancelled"), "bookings"),
    **dict.fromkeys(TASK_NAMES.values(), "tasks"),
}


@subscribe(CallEventBase, BookingEventBase, TaskCreated, TaskUpdated, when="before_commit")
def write_live_events(source_events: list[LiveSource]) -> None:
    """Write one row per event; repeated events of a transaction about one subject are merged into the last."""
    latest = {_get_subject(event): event for event in source_events}
    latest_events = [event for event in source_events if latest[_get_subject(event)] is event]
    with unscoped():
        rows = _build_rows(latest_events, now())
        if not rows:
            return
        event_log.append(rows)
    on_commit(partial(broadcast.push, rows, [event.received_at for event in latest_events if isinstance(event, CallEventBase)]))


@subscribe(SessionsRevoked, when="after_commit")
def disconnect_sockets(revocations: list[SessionsRevoked]) -> None:
    """Disconnect the sockets of revoked sessions."""
    for event in revocations:
        broadcast.disconnect_user(event.user_id, event.session)


def _get_subject(event: LiveSource) -> tuple[Any, ...]:
    """Get the identity of an event's subject; a growing turn is identified by its index."""
    if isinstance(event, TranscriptTurnAdded):
        return TranscriptTurnAdded, event.call_id, event.turn["index"]
    if isinstance(event, ToolStarted | ToolFinished):
        return type(event), event.call_id, event.tool.get("tool_call_id")
    if isinstance(event, CallEventBase):
        return type(event), event.call_id
    return type(event), event.booking_id if isinstance(event, BookingEventBase) else event.task_id


def _build_rows(source_events: Sequence[LiveSource], occurred_at: datetime) -> Rows:
    renderer = _LiveEventRenderer(source_events, occurred_at)
    rows = [
        _build_row(event, occurred_at, name, data) for event in source_events for name, data in [renderer.render(event)] if data is not None
    ]
    return rows + _build_figure_rows(rows, occurred_at)


class _LiveEventRenderer:
    """Renders the name and data of each event; the subjects are loaded once for all."""

    def __init__(self, source_events: Sequence[LiveSource], occurred_at: datetime) -> None:
        self.occurred_at = occurred_at
        self.calls = shapes.build_live_calls(
            {event.call_id for event in source_events if isinstance(event, CallEventBase) and type(event) in CALL_NAMES}
        )
        booking_events = [event for event in source_events if isinstance(event, BookingEventBase)]
        self.bookings = live_booking.build_live_bookings({event.booking_id for event in booking_events if not _is_hold(event)})
        self.holds = live_booking.build_live_holds({event.booking_id for event in booking_events if _is_hold(event)})
        self.tasks = shapes.build_live_tasks({event.task_id for event in source_events if isinstance(event, TaskCreated | TaskUpdated)})

        self.silent = shapes.find_silent_calls({event.call_id for event in source_events if event.call_id})

    def render(self, event: LiveSource) -> tuple[str, dict[str, Any] | None]:
        """Render (name, data); no data for subjects deleted in the transaction, no text of callers who declined."""
        name, data = self._render(event)
        return name, redact_live_event(name, data) if data is not None and event.call_id in self.silent else data

    def _render(self, event: LiveSource) -> tuple[str, dict[str, Any] | None]:
        match event:
            case TranscriptTurnAdded():
                return "message.sent" if event.turn["role"] == "agent" else "message.received", shapes.build_live_turn(event.turn)
            case ToolStarted():
                return "tool.started", shapes.build_tool_started(event.tool, self.occurred_at)
            case ToolFinished():
                return "tool.finished", shapes.build_tool_finished(event.tool)
            case LineCheckReceived():
                return "line_check.arrived", {"check": event.check_id}
            case CallEventBase():
                return CALL_NAMES[type(event)], self.calls.get(event.call_id)
            case HoldPlaced() | HoldReleased():
                return HOLD_NAMES[type(event)], self.holds.get(event.booking_id)
            case BookingEventBase():
                return BOOKING_NAMES[type(event)], self.bookings.get(event.booking_id)
        return TASK_NAMES[type(event)], self.tasks.get(event.task_id)


def _build_row(event: LiveSource, occurred_at: datetime, name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "company_id": event.company_id,
        "occurred_at": occurred_at,
        "name": name,
        "branch_id": event.branch_id,
        "call_id": event.call_id,
        "booking_id": event.booking_id if isinstance(event, BookingEventBase) and not _is_hold(event) else None,
        "data": data,
    }


def _is_hold(event: BookingEventBase) -> bool:
    return isinstance(event, HoldPlaced | HoldReleased)


def _build_figure_rows(rows: Rows, occurred_at: datetime) -> Rows:
    """Build one row per branch that lists its changed figures."""
    changed: dict[tuple[str, str | None], set[str]] = {}
    for row in rows:
        if figure := FIGURES_BY_EVENT.get(row["name"]):
            changed.setdefault((row["company_id"], row["branch_id"]), set()).add(figure)
    return [
        {
            "company_id": company_id, "occurred_at": occurred_at, "name": "figures.updated",
            "branch_id": branch_id, "call_id": None, "booking_id": None,
            "data": {"changed": sorted(figures)},
        }
        for (company_id, branch_id), figures in changed.items()
    ]  # fmt: skip
