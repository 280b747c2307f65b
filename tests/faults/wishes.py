"""Callers who book in mid-call while everything dies: each wish gets one answer, however often it is asked, and each slot one booking."""

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
from tests.faults.judging import rows
from tests.faults.sending import Sender
from tests.faults.stories import START_MS
from tests.support.lindgren import MITTE, call_body

# a week without holidays in Berlin; Tom works from Tuesday to Friday, nine to seven
FIRST_DAY = date(2027, 6, 15)
DAYS, CLOCKS = 4, [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(9 * 60, 18 * 60 + 30, 30)]
# that many callers want each slot
RIVALS = 2
# every wish is asked so often once it was answered: Retell may not have heard the answer
REPEATS = 2


@dataclass
class Wish:
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


def make_wishes(run: str, callers: int) -> list[Wish]:
    """So many callers, always two after the same slot; the slots of one week, from its beginning."""
    slots = [(FIRST_DAY + timedelta(days=day), clock) for day in range(DAYS) for clock in CLOCKS]
    assert callers <= len(slots) * RIVALS
    return [Wish(f"{run}_wish_{place:03}", f"+4917139200{50 + place % 10}", *slots[place // RIVALS]) for place in range(callers)]


def ask_all(sender: Sender, wishes: Sequence[Wish], *, at_once: int = 4) -> None:
    def ask(wish: Wish) -> None:
        wish.answers = [sender.ask(wish.body) for _ in range(REPEATS)]
        assert sender.deliver(wish.ended)

    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(ask, wish) for wish in wishes]:
            done.result()


def judge_wishes(app: Flask, wishes: Sequence[Wish]) -> None:
    """Fails where a caller heard two answers, a booking has no answer, or a slot has not just one booking."""
    there: dict[str, set[str]] = defaultdict(set)
    made = select(Call.provider_call_id, Booking.id).join(Booking, Booking.call_id == Call.id).where(Booking.active())
    for call_id, booking_id in rows(app, made.where(Call.provider_call_id.in_([wish.call_id for wish in wishes]))):
        there[call_id].add(booking_id)
    by_slot: dict[tuple[date, str], set[str]] = defaultdict(set)
    for wish in wishes:
        assert len({answer["ok"] for answer in wish.answers}) == 1, (wish.call_id, wish.answers)
        assert wish.booked == there[wish.call_id], (wish.call_id, wish.answers, there[wish.call_id])
        by_slot[wish.day, wish.clock] |= wish.booked
    assert {slot: len(booked) for slot, booked in by_slot.items() if len(booked) != 1} == {}
