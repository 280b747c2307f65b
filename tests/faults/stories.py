"""What is sent: invented calls with every disorder that providers cause, and what must be there when the dust has settled."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.clock import now, to_ms
from app.simulator.malformed_payloads import build_malformed_bodies
from tests.support.lindgren import call_body

# the demo town's numbers and whose they are; nobody owns the last one
NUMBERS = {
    "+493023125100": "salon-lindgren",
    "+493023125101": "salon-lindgren",
    "+498999998200": "praxis-morgenstern",
    "+494066969300": "werkstatt-kruse",
    "+494066969301": "werkstatt-kruse",
    "+493023125999": None,
}
ORDERS = tuple(itertools.permutations(("call_started", "call_ended", "call_analyzed")))
TURNS = 6


@dataclass
class Story:
    """One call: its events in the order in which they are sent, doubles among them."""

    call_id: str
    number: str
    caller: str
    words: tuple[str, ...]
    bodies: list[bytes] = field(default_factory=list)
    # every one of these was answered 2xx at least once
    accepted: set[bytes] = field(default_factory=set)

    @property
    def company(self) -> str | None:
        return NUMBERS[self.number]

    @property
    def summary(self) -> str:
        return f"Zusammenfassung von {self.call_id}."


@dataclass
class Sent:
    """All that is sent in one run."""

    run: str
    stories: list[Story]
    garbage: list[bytes]
    begun_at: datetime = field(default_factory=now)

    @property
    def bodies(self) -> set[bytes]:
        return {body for story in self.stories for body in story.bodies} | set(self.garbage)


def tell(run: str, calls: int, *, seed: int, garbage: int = 60) -> Sent:
    """So many calls, about eight events each; the same seed tells the same stories."""
    chance = random.Random(seed)
    numbers = list(NUMBERS)
    stories = [_story(f"{run}_{place:04}", numbers[place % len(numbers)], ORDERS[place % len(ORDERS)], chance) for place in range(calls)]
    return Sent(run, stories, [body for _, body in itertools.islice(_rubbish(run), garbage)])


def _story(call_id: str, number: str, order: tuple[str, ...], chance: random.Random) -> Story:
    """The marked words name their company, so that they are known wherever they turn up."""
    mark = NUMBERS[number] or "nobody"
    story = Story(
        call_id,
        number,
        caller=f"+49171392005{chance.randrange(10)}",
        words=tuple(f"Satz {turn} von {call_id}, Marke {mark}." for turn in range(TURNS)),
    )
    events = [_event(story, name) for name in order]
    for length in (2, 3, 5):
        events.insert(chance.randrange(len(events) + 1), _snapshot(story, length))
    for _ in range(chance.choice((0, 1, 2, 4))):
        events.insert(chance.randrange(len(events) + 1), chance.choice(events))
    story.bodies = events
    return story


def _event(story: Story, name: str) -> bytes:
    over: dict[str, Any] = {
        "call_status": "ended",
        "end_timestamp": START_MS + 60_000,
        "duration_ms": 60_000,
        "disconnection_reason": "user_hangup",
        "transcript_object": _spoken(story, TURNS),
    }
    analysis = {
        "call_summary": story.summary,
        "user_sentiment": "Neutral",
        "call_successful": True,
        "custom_analysis_data": {"anliegen": "auskunft"},
    }
    more: dict[str, Any] = {
        "call_started": {"call_status": "ongoing"},
        "call_ended": over,
        "call_analyzed": {**over, "call_analysis": analysis},
    }[name]
    return _body(story, name, more)


def _snapshot(story: Story, length: int) -> bytes:
    return _body(story, "transcript_updated", {"transcript_object": _spoken(story, length)})


START_MS = to_ms(now()) - 120_000


def _body(story: Story, name: str, more: dict[str, Any]) -> bytes:
    return call_body(name, story.call_id, from_number=story.caller, to_number=story.number, start_timestamp=START_MS, **more)


def _spoken(story: Story, length: int) -> list[dict[str, Any]]:
    return [
        {"role": "user" if place % 2 else "agent", "content": text, "words": [{"word": text, "start": place * 2.0, "end": place * 2.0 + 1}]}
        for place, text in enumerate(story.words[:length])
    ]


def _rubbish(run: str) -> Iterator[tuple[str, bytes]]:
    """Signed garbage without end; where it names calls, they are its own."""
    for place in itertools.count():
        yield from build_malformed_bodies(f"{run}_garbage_{place}", "+493023125100", "+491713920050")
