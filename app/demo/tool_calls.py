"""Arguments and results of the agent's tool calls in a demo call."""

from dataclasses import dataclass
from random import Random
from typing import Any

from app.demo.booking_generator import ZONE, DemoAppointment, DemoSlot
from app.demo.customer_generator import DemoCaller
from app.demo.schema import DemoBranch


@dataclass(frozen=True)
class DemoCallSubject:
    """The subject of a call: caller, branch, slot, previous appointment and dialogue values."""

    branch: DemoBranch
    caller: DemoCaller
    slot: DemoSlot | None
    old: DemoAppointment | None
    values: dict[str, str]


@dataclass(frozen=True)
class DemoToolUse:
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    duration_ms: int
    database_ms: int


def build_tool_use(name: str, subject: DemoCallSubject, rng: Random) -> DemoToolUse:
    database_ms = rng.randint(4, 28)
    return DemoToolUse(
        name,
        _build_arguments(name, subject),
        {"ok": True, "data": _build_result(name, subject)},
        database_ms + rng.randint(6, 160),
        database_ms,
    )


def _build_arguments(name: str, subject: DemoCallSubject) -> dict[str, Any]:
    slot, old, caller = subject.slot, subject.old, subject.caller
    moment = {"date": _date(slot), "time": _time(slot)} if slot else {}
    requested = {"service": slot.service.name, "staff": slot.staff.name, **moment} if slot else {}
    before = {"date": old.local.date().isoformat(), "time": old.local.strftime("%H:%M")} if old else {}
    arguments: dict[str, dict[str, Any]] = {
        "check_availability": {key: requested[key] for key in ("service", "date", "staff") if key in requested} or {"date": "today"},
        "hold_slot": requested,
        "book_appointment": {**requested, "name": caller.name, "phone": caller.number},
        "reschedule_appointment": {**before, **{f"new_{key}": value for key, value in moment.items()}},
        "cancel_appointment": before,
        "join_waitlist": {"service": subject.values["service"], "name": caller.name, "phone": caller.number},
        "get_service_info": {"service": subject.values["service"]},
        "get_opening_hours": {"branch": subject.branch.name},
        "request_callback": {"name": caller.name, "phone": caller.number},
        "transfer_call": {"reason": "wished"},
        "identify_customer": {"name": caller.name, "booking_date": before.get("date")},
    }
    return arguments.get(name, {})


def _build_result(name: str, subject: DemoCallSubject) -> dict[str, Any]:
    slot, old = subject.slot, subject.old
    if slot and name in ("check_availability", "hold_slot", "book_appointment", "reschedule_appointment"):
        names = {"staff": slot.staff.name, "branch": subject.branch.name}
        first, other = ({"starts_at": start.astimezone(ZONE).isoformat(), **names} for start in (slot.starts_at, slot.other))
        return {"slots": [first, other]} if name == "check_availability" else first
    if old and name in ("query_appointments", "cancel_appointment"):
        booking = {"starts_at": old.local.isoformat(), "service": old.service.name, "staff": old.staff.name}
        return {"bookings": [booking]} if name == "query_appointments" else {**booking, "status": "cancelled"}
    if name == "identify_customer":
        return {"known": True, "certainty": "verified", "rights": ["hear", "change", "cancel", "book"]}
    if name == "check_availability":
        return {"slots": [], "reason": "booked"}
    if name == "get_service_info":
        return {"service": {"name": subject.values["service"], "minutes": int(subject.values["minutes"])}}
    return {}


def _date(slot: DemoSlot) -> str:
    return slot.starts_at.astimezone(ZONE).date().isoformat()


def _time(slot: DemoSlot) -> str:
    return slot.starts_at.astimezone(ZONE).strftime("%H:%M")
