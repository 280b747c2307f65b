"""Live events as somebody hears them who sees the appointments of one person only."""

from collections.abc import Mapping
from typing import Any

from app.serializers.live import get_stage

APPOINTMENT_EVENTS = ("booking.", "hold.")


def get_staff_id(row: Mapping[str, Any]) -> str | None:
    """In whose calendar the appointment or hold of an event stands; None for other events."""
    return row["data"].get("staff_id") if row["name"].startswith(APPOINTMENT_EVENTS) else None


def limit_event(row: Mapping[str, Any], staff_id: str | None) -> Mapping[str, Any] | None:
    """The event without the appointments of others; None where nothing is left. `row` has the columns of live_events."""
    data = row["data"]
    if row["name"].startswith(APPOINTMENT_EVENTS):
        return row if staff_id is not None and data.get("staff_id") == staff_id else None
    foreign = [part for part in ("hold", "booking") if data.get(part) and data[part].get("staff_id") != staff_id]
    return {**row, "data": _strip(data, foreign)} if foreign else row


def _strip(data: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    stripped = {**data, **dict.fromkeys(parts)}
    if "booking" in parts:
        stripped["booking_id"] = None
    stripped["state"] = get_stage(data["status"], tool=data.get("tool"), hold=stripped.get("hold"), booking=stripped.get("booking"))
    return stripped
