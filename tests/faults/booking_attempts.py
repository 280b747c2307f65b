"""Bookings in mid-call while processes are killed: one result for each attempt, however often it is repeated; one booking for each slot."""

import json
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.models import Booking, Call
from tests.faults.assertions import fetch_rows
from tests.faults.load import Sender
from tests.faults.scenarios import START_MS
from tests.support.retell_webhooks import MITTE, call_body

# a week without holidays in Berlin; Tom works from Tuesday to Friday, nine to seven
FIRST_DAY = date(2027, 6, 15)
DAYS, CLOCKS = 4, [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(9 * 60, 18 * 60 + 30, 30)]
# attempts for each slot
RIVALS = 2
# each attempt is repeated after its answer, as Retell repeats a request whose answer it did not receive
REPEATS = 2


@dataclass
class BookingAttempt:
    call_id: str
    caller: str
    day: date
    clock: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The function's use as Retell sends it; every time the same."""
        args = {
            "service": "Herrenschnitt",
            "date": self.day.isoformat(),
            "time": self.clock,
            "staff": "Tom Weber",
            "name": f"Gast {self.call_id}",
        }
        used = {"role": "tool_call_invocation", "tool_call_id": "tool_book", "name": "book_appointment", "arguments": json.dumps(args)}
        call = {
            "call_type": "phone_call", "call_id": self.call_id, "agent_id": "agent_lena", "from_number": self.caller, "to_number": MITTE,
            "direction": "inbound", "call_status": "ongoing", "start_timestamp": START_MS, "transcript_with_tool_calls": [used],
        }  # fmt: skip
        return json.dumps({"name": "book_appointment", "args": args, "call": call}).encode()

    @property
    def ended(self) -> bytes:
        return call_body(
            "call_ended", self.call_id, from_number=self.caller, to_number=MITTE, start_timestamp=START_MS, call_status="ended",
            end_timestamp=START_MS + 60_000, duration_ms=60_000, disconnection_reason="user_hangup",
        )  # fmt: skip

    @property
    def booked(self) -> set[str]:
        return {answer["data"]["booking_id"] for answer in self.answers if answer["ok"]}


def make_booking_attempts(run: str, callers: int) -> list[BookingAttempt]:
    """Build this number of attempts, two for each slot of one week."""
    slots = [(FIRST_DAY + timedelta(days=day), clock) for day in range(DAYS) for clock in CLOCKS]
    assert callers <= len(slots) * RIVALS
    return [
        BookingAttempt(f"{run}_attempt_{place:03}", f"+4917139200{50 + place % 10}", *slots[place // RIVALS]) for place in range(callers)
    ]


def send_attempts(sender: Sender, attempts: Sequence[BookingAttempt], *, at_once: int = 4) -> None:
    def ask(attempt: BookingAttempt) -> None:
        attempt.answers = [sender.ask(attempt.body) for _ in range(REPEATS)]
        assert sender.deliver(attempt.ended)

    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(ask, attempt) for attempt in attempts]:
            done.result()


def assert_one_booking_per_slot(app: Flask, attempts: Sequence[BookingAttempt]) -> None:
    """Assert one result for each attempt, the booking of each success, and one booking for each slot."""
    stored: dict[str, set[str]] = defaultdict(set)
    statement = select(Call.provider_call_id, Booking.id).join(Booking, Booking.call_id == Call.id).where(Booking.active())
    for call_id, booking_id in fetch_rows(app, statement.where(Call.provider_call_id.in_([attempt.call_id for attempt in attempts]))):
        stored[call_id].add(booking_id)
    by_slot: dict[tuple[date, str], set[str]] = defaultdict(set)
    for attempt in attempts:
        assert len({answer["ok"] for answer in attempt.answers}) == 1, (attempt.call_id, attempt.answers)
        assert attempt.booked == stored[attempt.call_id], (attempt.call_id, attempt.answers, stored[attempt.call_id])
        by_slot[attempt.day, attempt.clock] |= attempt.booked
    assert {slot: len(booked) for slot, booked in by_slot.items() if len(booked) != 1} == {}
