"""Casts a call: who rings whom and says what, and the requests by which Retell would tell it."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from app.demo.schema import DemoBranch, DemoCompany
from app.demo.spoken_dates import build_greeting
from app.simulator.business_lookup import Business
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
from app.simulator.conversation import Conversation, Line
from app.simulator.tool_results import DialogueValues

Signature = Literal["good", "forged", "ten_minutes_old"]
EXPECTED_RESPONSES = (200, 201, 202, 204)


# what callers say when it goes another way than they thought
DETOUR_PHRASES = {
    "de": {"rather": "Gut, dann nehme ich das.", "regret": "Schade. Dann melde ich mich noch einmal, vielen Dank."},
    "en": {"rather": "All right, I will take that then.", "regret": "What a pity. I will call again then, thank you."},
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of Retell's: what, when after the first one, how signed, and whether a good server takes it."""

    event: str
    body: bytes
    at_s: float = 0.0
    path: str = "webhook"
    signature: Signature = "good"
    # exactly these are right; empty: anything but a 5xx
    expected: tuple[int, ...] = EXPECTED_RESPONSES
    # what one would hear at this moment
    heard: str | None = None

    def is_as_expected(self, status: int) -> bool:
        return status in self.expected if self.expected else 200 <= status < 500


@dataclass(frozen=True, slots=True)
class Cast:
    """Who calls whom, and when the call will be over."""

    call_id: str
    number: str
    chance: random.Random
    ends_at: datetime
    withheld: bool = False
    # calls from this number instead of their own
    theirs: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    # who answers, where it is nobody of the demo town
    business: Business | None = None
    # without one nothing leaves while it happens: the deliveries are made at the end
    line: Line | None = None


def find_cast_business(cast: Cast) -> tuple[DemoCompany, DemoBranch]:
    return (cast.business.company, cast.business.branch) if cast.business else find_business_at(cast.number)


def start_conversation(cast: Cast, language: str = "de", *, direction: str = "inbound") -> tuple[Conversation, DialogueValues]:
    """A conversation about to begin, and the words for its dialogue."""
    company, branch = find_cast_business(cast)
    person = create_caller(company, cast.chance, language=language)
    wanted = find_plausible_slot(branch, company, cast.chance, now=cast.ends_at)
    theirs, ours = "anonymous" if cast.withheld else cast.theirs or person.number, cast.number
    call = Conversation(
        cast.call_id,
        from_number=ours if direction == "outbound" else theirs,
        to_number=theirs if direction == "outbound" else ours,
        direction=direction,
        variables={"sprache": "en-GB" if language == "en" else "de-DE"},
        metadata=cast.metadata,
        line=cast.line,
    )
    if direction == "inbound":
        call.ring()
    question, answer = QUESTIONS.get(company.industry, ANY_QUESTION)
    words = {
        "greeting": call.first_words or build_greeting(company, branch, "en" if language == "en" else "de"),
        "business": company.name,
        "assistant": company.agent,
        "branch": branch.name,
        "desk": ours[:-2] + "77",
        "question": question,
        "answer": answer,
        "caller": person.name,
        "phone": theirs,
        "service": wanted.service.name,
        "wish": wanted.service.english if language == "en" else wanted.service.wish,
        "staff": wanted.staff.name,
        "staff_spoken": wanted.staff.spoken if language == "de" else wanted.staff.name,
        "date": wanted.starts_at.date().isoformat(),
        "time": f"{wanted.starts_at:%H:%M}",
        "starts_at": wanted.starts_at.isoformat(),
        "weekday": WEEKDAYS[language][wanted.starts_at.weekday()],
        "day_spoken": speak_day(wanted.starts_at, language),
        "time_spoken": speak_time(wanted.starts_at, language),
        "language": language,
        "say": "",
        "booking_id": "",
        **DETOUR_PHRASES[language],
    }
    return call, words


def build_deliveries(call: Conversation, cast: Cast) -> list[Delivery]:
    """The ringing phone's question, then the events; the call ends when the cast says. What went over a line is not sent again."""
    if cast.line is not None:
        return []
    start_ms = round((cast.ends_at.timestamp() - call.length_s) * 1000)
    made = [Delivery("call_inbound", orjson.dumps(call.inbound(start_ms)), path="inbound")] if call.direction == "inbound" else []
    said = 0
    for beat, body in call.events(start_ms):
        words, said = format_transcript(call.items[said : beat.items]), beat.items
        made.append(Delivery(beat.event, orjson.dumps(body), at_s=beat.at_s, heard=words))
    return made


def format_transcript(items: Iterable[dict[str, Any]]) -> str | None:
    for item in items:
        if item["role"] == "tool_call_invocation":
            return f"… {item['name']}"
        if "words" in item:
            return f"{'» ' if item['role'] == 'agent' else '« '}{item['content']}"
    return None
