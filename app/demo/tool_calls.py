"""What the assistant's tools were asked and what they answered during a demo call."""

from dataclasses import dataclass
from random import Random
from typing import Any

from app.demo.booking_generator import ZONE, Appointment, DemoSlot
from app.demo.customer_generator import Caller
from app.demo.schema import DemoBranch


@dataclass(frozen=True)
class CallSubject:
    """What a call is about."""

    branch: DemoBranch
    caller: Caller
    slot: DemoSlot | None
    old: Appointment | None
    said: dict[str, str]


@dataclass(frozen=True)
class ToolUse:
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    duration_ms: int
    database_ms: int


def build_tool_use(name: str, matter: CallSubject, rng: Random) -> ToolUse:
    database_ms = rng.randint(4, 28)
    return ToolUse(
        name,
        _build_arguments(name, matter),
        {"ok": True, "data": _build_result(name, matter)},
        database_ms + rng.randint(6, 160),
        database_ms,
    )


def _build_arguments(name: str, matter: CallSubject) -> dict[str, Any]:
    slot, old, caller = matter.slot, matter.old, matter.caller
    moment = {"date": _date(slot), "time": _time(slot)} if slot else {}
    wanted = {"service": slot.service.name, "staff": slot.staff.name, **moment} if slot else {}
    before = {"date": old.local.date().isoformat(), "time": old.local.strftime("%H:%M")} if old else {}
    arguments: dict[str, dict[str, Any]] = {
        "check_availability": {key: wanted[key] for key in ("service", "date", "staff") if key in wanted} or {"date": "today"},
        "hold_slot": wanted,
        "book_appointment": {**wanted, "name": caller.name, "phone": caller.number},
        "reschedule_appointment": {**before, **{f"new_{key}": value for key, value in moment.items()}},
        "cancel_appointment": before,
        "join_waitlist": {"service": matter.said["service"], "name": caller.name, "phone": caller.number},
        "get_service_info": {"service": matter.said["service"]},
        "get_opening_hours": {"branch": matter.branch.name},
        "request_callback": {"name": caller.name, "phone": caller.number},
        "transfer_call": {"reason": "wished"},
        "identify_customer": {"name": caller.name, "booking_date": before.get("date")},
    }
    return arguments.get(name, {})


def _build_result(name: str, matter: CallSubject) -> dict[str, Any]:
    slot, old = matter.slot, matter.old
    if slot and name in ("check_availability", "hold_slot", "book_appointment", "reschedule_appointment"):
        found = {"starts_at": slot.starts_at.astimezone(ZONE).isoformat(), "staff": slot.staff.name, "branch": matter.branch.name}
        return {"slots": [found]} if name == "check_availability" else found
    if old and name in ("query_appointments", "cancel_appointment"):
        booking = {"starts_at": old.local.isoformat(), "service": old.service.name, "staff": old.staff.name}
        return {"bookings": [booking]} if name == "query_appointments" else {**booking, "status": "cancelled"}
    if name == "identify_customer":
        return {"known": True, "certainty": "verified", "rights": ["hear", "change", "cancel", "book"]}
    if name == "check_availability":
        return {"slots": [], "reason": "booked"}
    if name == "get_service_info":
        return {"service": {"name": matter.said["service"], "minutes": int(matter.said["minutes"])}}
    return {}


def _date(slot: DemoSlot) -> str:
    return slot.starts_at.astimezone(ZONE).date().isoformat()


def _time(slot: DemoSlot) -> str:
    return slot.starts_at.astimezone(ZONE).strftime("%H:%M")
