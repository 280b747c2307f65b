"""Builds a simulated call: caller, business and dialogue values, and the webhooks that Retell would send."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from app.demo.schema import DemoBranch, DemoCompany
from app.demo.spoken_dates import build_greeting
from app.simulator.business_lookup import DialledBusiness
from app.simulator.callers import (
    ANY_QUESTION,
    QUESTIONS,
    WEEKDAYS,
    create_caller,
    find_business_at,
    find_plausible_slot,
    speak_day,
    speak_time,
)
from app.simulator.conversation import CallTransport, Conversation
from app.simulator.tool_result_values import DialogueValues

Signature = Literal["good", "forged", "ten_minutes_old"]
EXPECTED_RESPONSES = (200, 201, 202, 204)


# what the caller says when another slot is offered, or none
DETOUR_PHRASES = {
    "de": {"rather": "Gut, dann nehme ich das.", "regret": "Schade. Dann melde ich mich noch einmal, vielen Dank."},
    "en": {"rather": "All right, I will take that then.", "regret": "What a pity. I will call again then, thank you."},
}


@dataclass(frozen=True, slots=True)
class SimulatedWebhook:
    """One request from Retell: body, time after the first one, signature, and the expected response statuses."""

    event: str
    body: bytes
    at_s: float = 0.0
    path: str = "webhook"
    signature: Signature = "good"
    # expected statuses; empty: anything but a 5xx
    expected: tuple[int, ...] = EXPECTED_RESPONSES
    # transcript line for the terminal
    transcript_line: str | None = None

    def is_as_expected(self, status: int) -> bool:
        return status in self.expected if self.expected else 200 <= status < 500


@dataclass(frozen=True, slots=True)
class CallSetup:
    """Caller, dialled number and end time of a call, and the transport it is played through."""

    call_id: str
    number: str
    chance: random.Random
    ends_at: datetime
    withheld: bool = False
    # overrides the number of the invented caller
    caller_number: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    # owner of the number, unless a demo company owns it
    business: DialledBusiness | None = None
    # None: the webhooks are built at the end instead of sent while the call happens
    transport: CallTransport | None = None


def get_setup_business(setup: CallSetup) -> tuple[DemoCompany, DemoBranch]:
    return (setup.business.company, setup.business.branch) if setup.business else find_business_at(setup.number)


def start_conversation(setup: CallSetup, language: str = "de", *, direction: str = "inbound") -> tuple[Conversation, DialogueValues]:
    """Create a conversation and the template values of its dialogue."""
    company, branch = get_setup_business(setup)
    person = create_caller(company, setup.chance, language=language)
    appointment = find_plausible_slot(branch, company, setup.chance, now=setup.ends_at)
    caller_number, business_number = "anonymous" if setup.withheld else setup.caller_number or person.number, setup.number
    call = Conversation(
        setup.call_id,
        from_number=business_number if direction == "outbound" else caller_number,
        to_number=caller_number if direction == "outbound" else business_number,
        direction=direction,
        variables={"sprache": "en-GB" if language == "en" else "de-DE"},
        metadata=setup.metadata,
        transport=setup.transport,
    )
    if direction == "inbound":
        call.request_inbound()
    question, answer = QUESTIONS.get(company.industry, ANY_QUESTION)
    values = {
        "greeting": call.begin_message or build_greeting(company, branch, "en" if language == "en" else "de"),
        "business": company.name,
        "assistant": company.agent,
        "branch": branch.name,
        "desk": business_number[:-2] + "77",
        "question": question,
        "answer": answer,
        "caller": person.name,
        "phone": caller_number,
        "service": appointment.service.name,
        "wish": appointment.service.english if language == "en" else appointment.service.wish,
        "staff": appointment.staff.name,
        "staff_spoken": appointment.staff.spoken if language == "de" else appointment.staff.name,
        "date": appointment.starts_at.date().isoformat(),
        "time": f"{appointment.starts_at:%H:%M}",
        "starts_at": appointment.starts_at.isoformat(),
        "weekday": WEEKDAYS[language][appointment.starts_at.weekday()],
        "day_spoken": speak_day(appointment.starts_at, language),
        "time_spoken": speak_time(appointment.starts_at, language),
        "language": language,
        "say": "",
        "booking_id": "",
        **DETOUR_PHRASES[language],
    }
    return call, values


def build_deliveries(call: Conversation, setup: CallSetup) -> list[SimulatedWebhook]:
    """Build the inbound request and the events, ending at `ends_at`. Empty if the call was played through a transport."""
    if setup.transport is not None:
        return []
    start_ms = round((setup.ends_at.timestamp() - call.length_s) * 1000)
    webhooks = (
        [SimulatedWebhook("call_inbound", orjson.dumps(call.inbound(start_ms)), path="inbound")] if call.direction == "inbound" else []
    )
    sent_items = 0
    for call_event, body in call.events(start_ms):
        line, sent_items = format_transcript(call.items[sent_items : call_event.items]), call_event.items
        webhooks.append(SimulatedWebhook(call_event.event, orjson.dumps(body), at_s=call_event.at_s, transcript_line=line))
    return webhooks


def format_transcript(items: Iterable[dict[str, Any]]) -> str | None:
    for item in items:
        if item["role"] == "tool_call_invocation":
            return f"… {item['name']}"
        if "words" in item:
            return f"{'» ' if item['role'] == 'agent' else '« '}{item['content']}"
    return None
