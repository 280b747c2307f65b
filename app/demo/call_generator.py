"""Generates the calls of a demo company: time, caller, conversation and outcome."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from app.demo.booking_generator import ZONE, BookingGenerator, DemoAppointment, DemoBookingChange, DemoSlot, is_open
from app.demo.customer_generator import DemoCaller, create_caller
from app.demo.dialogue_loader import Script, list_scripts, render_text
from app.demo.schema import DemoBranch, DemoService
from app.demo.spoken_dates import build_values
from app.demo.tool_calls import DemoCallSubject, DemoToolUse, build_tool_use
from app.domain.emergencies.recognition import recognise_emergency

# relative number of calls for each hour of an open day
HOURS = {6: 1, 7: 4, 8: 12, 9: 24, 10: 22, 11: 16, 12: 12, 13: 9, 14: 11, 15: 14, 16: 18, 17: 20, 18: 14, 19: 8, 20: 4, 21: 2, 22: 1}
OUTCOMES_OF_CUSTOMERS = {
    "booked": 54, "rescheduled": 10, "cancelled": 8, "information": 9, "callback": 6, "waitlist": 4, "transferred": 3,
    "hung_up": 3, "missed": 3,
}  # fmt: skip
OUTCOMES_OF_STRANGERS = {
    "information": 46, "hung_up": 16, "missed": 10, "unknown": 9, "callback": 8, "transferred": 8, "voicemail": 3,
}  # fmt: skip
LETTERS_PER_S = 15.0
CENTS_PER_MINUTE = 11.4


@dataclass
class DemoCall:
    branch: DemoBranch
    caller: DemoCaller
    outcome: str
    started_at: datetime
    service: DemoService
    sentiment: str
    language: str
    duration_s: int = 0
    summary: str | None = None
    # (role, text, start, end), in seconds
    turns: list[tuple[str, str, float, float]] = field(default_factory=list)
    # (use, position of the turn before it, when, in seconds)
    tools: list[tuple[DemoToolUse, int, float]] = field(default_factory=list)
    appointment: DemoAppointment | None = None
    # content of Call.emergency, from the emergency recognition
    emergency: dict[str, Any] | None = None

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.duration_s)


def generate_calls(bookings: BookingGenerator, *, first: date, until: datetime) -> list[DemoCall]:
    """Generate the company's calls between day and instant, oldest first; bookings, moves and cancellations go into `bookings`."""
    call_times = sorted(
        ((moment, branch) for branch in bookings.company.branches for moment in _list_call_times(branch, first, until, bookings.rng)),
        key=lambda entry: entry[0],
    )
    return [_generate_call(bookings, branch, moment, number) for number, (moment, branch) in enumerate(call_times)]


def _list_call_times(branch: DemoBranch, first: date, until: datetime, rng: Random) -> Iterator[datetime]:
    for ahead in range((until.astimezone(ZONE).date() - first).days + 1):
        day = first + timedelta(days=ahead)
        count = rng.randint(6, 12) if is_open(branch, day) else rng.randint(0, 3)
        for hour in rng.choices(list(HOURS), list(HOURS.values()), k=count):
            moment = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60), rng.randrange(1_000_000)), ZONE)
            if moment < until - timedelta(minutes=10):
                yield moment.astimezone(until.tzinfo)


def _generate_call(bookings: BookingGenerator, branch: DemoBranch, moment: datetime, number: int) -> DemoCall:
    rng = bookings.rng
    caller = create_caller(bookings.company, branch, rng)
    requested_outcome = _choose_weighted(OUTCOMES_OF_CUSTOMERS if caller.is_customer else OUTCOMES_OF_STRANGERS, rng)
    outcome, slot, old = _choose_slot(bookings, branch, caller, requested_outcome, moment)
    service = slot.service if slot else rng.choice(bookings.company.services)
    script = _choose(bookings.company.industry, outcome, caller, service, rng) if outcome != "missed" else None
    call = DemoCall(
        branch, caller, outcome, moment, service, script.sentiment if script else "unknown", "en" if caller.speaks_english else "de"
    )
    if script:
        staff = slot.staff if slot else rng.choice(branch.staff)
        values = build_values(
            bookings.company, branch, caller, service=service, staff=staff, slot=slot, old=old, in_english=caller.speaks_english
        )
        _build_conversation(call, script, DemoCallSubject(branch, caller, slot, old, values), rng, bookings.company.industry)
    call.appointment = _apply_to_bookings(bookings, call, slot, old, number)
    return call


def _choose_slot(
    bookings: BookingGenerator, branch: DemoBranch, caller: DemoCaller, requested_outcome: str, moment: datetime
) -> tuple[str, DemoSlot | None, DemoAppointment | None]:
    """Choose slot and appointment, and another outcome where the caller has no appointment or no slot is free."""
    old = bookings.upcoming(caller.name, branch, at=moment) if requested_outcome in ("rescheduled", "cancelled") else None
    if requested_outcome == "cancelled" and old:
        return requested_outcome, None, old
    if requested_outcome in ("booked", "rescheduled", "cancelled"):
        slot = bookings.find_slot(branch, caller.name, at=moment, like=old)
        return ("rescheduled" if old else "booked", slot, old) if slot else ("waitlist", None, None)
    # a callback needs a number
    return ("information" if requested_outcome == "callback" and not caller.number else requested_outcome), None, None


def _build_conversation(call: DemoCall, script: Script, subject: DemoCallSubject, rng: Random, industry: str) -> None:
    clock = 0.4
    for speaker, text in script.lines:
        if speaker == "tool":
            clock += 0.3
            call.tools.append((build_tool_use(text, subject, rng), len(call.turns) - 1, round(clock, 2)))
            continue
        spoken = render_text(text, subject.values, rng)
        if speaker == "caller" and call.outcome == "transferred" and (kind := recognise_emergency(spoken, industry)):
            at = (call.started_at + timedelta(seconds=clock)).isoformat()
            call.emergency = {"kind": kind.name, "level": kind.level, "at": at, "heard": [[len(call.turns), kind.name, True]]}
        end = clock + len(spoken) / LETTERS_PER_S * rng.uniform(0.9, 1.15)
        call.turns.append((speaker, spoken, round(clock, 2), round(end, 2)))
        clock = end + rng.uniform(0.3, 1.1)
    call.duration_s = max(2, round(clock + rng.uniform(0.5, 4)))
    if call.outcome == "transferred":
        call.duration_s += rng.randint(40, 260)
    call.summary = render_text(script.summary, subject.values, rng)


def _apply_to_bookings(
    bookings: BookingGenerator, call: DemoCall, slot: DemoSlot | None, old: DemoAppointment | None, number: int
) -> DemoAppointment | None:
    if call.outcome == "booked" and slot:
        appointment = DemoAppointment(call.caller.name, call.branch, slot.staff, slot.service, slot.starts_at, call=number)
        appointment.history.append(DemoBookingChange("made", call.ended_at, number))
        return bookings.add(appointment)
    if call.outcome == "rescheduled" and slot and old:
        bookings.move(old, slot, at=call.ended_at, call=number)
    elif call.outcome == "cancelled" and old:
        bookings.cancel(old, at=call.ended_at, call=number)
    return None


def _choose_weighted(weights: dict[str, int], rng: Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _choose(industry: str, outcome: str, caller: DemoCaller, service: DemoService, rng: Random) -> Script:
    scripts = list_scripts(industry, outcome, in_english=caller.speaks_english)
    fitting = [script for script in scripts if not script.services or service.key in script.services]
    return rng.choices(fitting, [script.weight for script in fitting])[0]
