"""Generated appointments as rows: bookings, their changes, and the slot locks of confirmed ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.demo.booking_generator import DemoAppointment, DemoBookingChange
from app.demo.call_rows import DemoRowIds, Row, create_ulid
from app.domain.scheduling.minute_bits import to_minute
from app.models.slot_lock import SLOT_MINUTES

# actor of changes without a call
SYSTEM_ACTORS = {"done": ("system", "clock")}
FRONT_DESK = ("user", "web")


@dataclass
class DemoBookingRows:
    """Rows by table."""

    bookings: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    cells: list[Row] = field(default_factory=list)
    spans: list[Row] = field(default_factory=list)


def build_booking_rows(appointments: list[DemoAppointment], call_ids: list[str], ids: DemoRowIds, rng: Random) -> DemoBookingRows:
    """Build the rows. `call_ids` are indexed by the call numbers in the appointments' history."""
    rows = DemoBookingRows()
    for appointment in appointments:
        made = appointment.history[0]
        booking = _build_booking(appointment, create_ulid(made.at, rng), call_ids, ids)
        rows.bookings.append(booking)
        rows.changes += _build_history(appointment, booking, call_ids)
        if appointment.status == "confirmed":
            for start, end in _build_slot_locks(appointment):
                own = {"company_id": ids.company_id, "resource_id": booking["staff_id"], "holder_id": booking["id"]}
                rows.spans.append({**own, "first_minute": start, "end_minute": end, "kind": "booked"})
                cells = range(start // SLOT_MINUTES, end // SLOT_MINUTES)
                rows.cells += [{**own, "slot_index": cell, "seat": 0} for cell in cells]
    return rows


def _build_booking(appointment: DemoAppointment, booking_id: str, call_ids: list[str], ids: DemoRowIds) -> Row:
    cancelled = next((change.at for change in appointment.history if change.action == "cancelled"), None)
    return {
        "id": booking_id,
        "company_id": ids.company_id,
        "branch_id": ids.branches[appointment.branch.slug],
        "service_id": ids.services[appointment.service.key],
        "staff_id": ids.staff[appointment.staff.key],
        "customer_id": ids.customers[appointment.person],
        "call_id": None if appointment.call is None else call_ids[appointment.call],
        "status": appointment.status,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "timezone": "Europe/Berlin",
        "seats": 1,
        "source": "web" if appointment.call is None else "call",
        "price_cents": appointment.service.price_cents or None,
        "cancelled_at": cancelled,
        "version": len(appointment.history),
        "created_at": appointment.history[0].at,
        "updated_at": appointment.history[-1].at,
    }


def _build_history(appointment: DemoAppointment, booking: Row, call_ids: list[str]) -> Iterator[Row]:
    """Yield a row for each change; the first one holds the initial values."""
    starts = _starts(appointment)
    for version, (change, start) in enumerate(zip(appointment.history, starts, strict=True), 1):
        kind, channel = ("caller", "call") if change.call is not None else SYSTEM_ACTORS.get(change.action, FRONT_DESK)
        before, after = _build_change(appointment, booking, change, start)
        yield {
            "company_id": booking["company_id"], "booking_id": booking["id"], "occurred_at": change.at, "action": change.action,
            "actor_type": kind, "actor_id": None if change.call is None else call_ids[change.call], "channel": channel,
            "before": before, "after": after, "version": version,
        }  # fmt: skip


def _build_change(
    appointment: DemoAppointment, booking: Row, change: DemoBookingChange, start: datetime
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    times = _times(start, appointment)
    if change.action == "made":
        return None, {"status": "confirmed", **times, **{name: booking[name] for name in ("staff_id", "branch_id", "service_id")}}
    if change.action == "moved":
        assert change.before is not None
        return _times(change.before, appointment), times
    return {"status": "confirmed"}, {"status": change.action}


def _starts(appointment: DemoAppointment) -> list[datetime]:
    """Return the start after each change."""
    starts = [appointment.starts_at]
    for change in reversed(appointment.history[1:]):
        starts.append(change.before or starts[-1])
    return starts[::-1]


def _times(start: datetime, appointment: DemoAppointment) -> dict[str, str]:
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=appointment.service.minutes)).isoformat()}


def _build_slot_locks(appointment: DemoAppointment) -> Iterator[tuple[int, int]]:
    """Yield the staff member's busy minutes since 1970, without the processing time."""
    start, end = to_minute(appointment.starts_at), to_minute(appointment.ends_at)
    if not appointment.service.processing:
        yield start, end
        return
    free_from, free_for = appointment.service.processing
    yield start, start + free_from
    yield start + free_from + free_for, end
