"""Invented calls as their webhooks: reordered, repeated, with garbage between, and the result expected of each."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.clock import now, to_ms
from app.simulator.malformed_payloads import build_malformed_bodies
from tests.support.retell_webhooks import call_body

# phone numbers of the demo data and their companies; the last one belongs to no company
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
class CallScenario:
    """One call: its events in sending order, including repeated ones."""

    call_id: str
    number: str
    caller: str
    words: tuple[str, ...]
    bodies: list[bytes] = field(default_factory=list)
    # events that were answered 2xx at least once
    accepted: set[bytes] = field(default_factory=set)

    @property
    def company(self) -> str | None:
        return NUMBERS[self.number]

    @property
    def summary(self) -> str:
        return f"Zusammenfassung von {self.call_id}."


@dataclass
class ScenarioRun:
    """Everything sent in one run."""

    run: str
    scenarios: list[CallScenario]
    garbage: list[bytes]
    begun_at: datetime = field(default_factory=now)

    @property
    def bodies(self) -> set[bytes]:
        return {body for scenario in self.scenarios for body in scenario.bodies} | set(self.garbage)


def build_run(run: str, calls: int, *, seed: int, garbage: int = 60) -> ScenarioRun:
    """Build this number of calls, about eight events each; the same seed builds the same calls."""
    chance = random.Random(seed)
    numbers = list(NUMBERS)
    scenarios = [
        _build_scenario(f"{run}_{place:04}", numbers[place % len(numbers)], ORDERS[place % len(ORDERS)], chance) for place in range(calls)
    ]
    return ScenarioRun(run, scenarios, [body for _, body in itertools.islice(_malformed_bodies(run), garbage)])


def _build_scenario(call_id: str, number: str, order: tuple[str, ...], chance: random.Random) -> CallScenario:
    """Build one call; every sentence names its company, so that a leak is recognised in any table."""
    mark = NUMBERS[number] or "nobody"
    scenario = CallScenario(
        call_id,
        number,
        caller=f"+49171392005{chance.randrange(10)}",
        words=tuple(f"Satz {turn} von {call_id}, Marke {mark}." for turn in range(TURNS)),
    )
    events = [_event(scenario, name) for name in order]
    for length in (2, 3, 5):
        events.insert(chance.randrange(len(events) + 1), _snapshot(scenario, length))
    for _ in range(chance.choice((0, 1, 2, 4))):
        events.insert(chance.randrange(len(events) + 1), chance.choice(events))
    scenario.bodies = events
    return scenario


def _event(scenario: CallScenario, name: str) -> bytes:
    over: dict[str, Any] = {
        "call_status": "ended",
        "end_timestamp": START_MS + 60_000,
        "duration_ms": 60_000,
        "disconnection_reason": "user_hangup",
        "transcript_object": _spoken(scenario, TURNS),
    }
    analysis = {
        "call_summary": scenario.summary,
        "user_sentiment": "Neutral",
        "call_successful": True,
        "custom_analysis_data": {"anliegen": "auskunft"},
    }
    more: dict[str, Any] = {
        "call_started": {"call_status": "ongoing"},
        "call_ended": over,
        "call_analyzed": {**over, "call_analysis": analysis},
    }[name]
    return _body(scenario, name, more)


def _snapshot(scenario: CallScenario, length: int) -> bytes:
    return _body(scenario, "transcript_updated", {"transcript_object": _spoken(scenario, length)})


START_MS = to_ms(now()) - 120_000


def _body(scenario: CallScenario, name: str, more: dict[str, Any]) -> bytes:
    return call_body(name, scenario.call_id, from_number=scenario.caller, to_number=scenario.number, start_timestamp=START_MS, **more)


def _spoken(scenario: CallScenario, length: int) -> list[dict[str, Any]]:
    return [
        {"role": "user" if place % 2 else "agent", "content": text, "words": [{"word": text, "start": place * 2.0, "end": place * 2.0 + 1}]}
        for place, text in enumerate(scenario.words[:length])
    ]


def _malformed_bodies(run: str) -> Iterator[tuple[str, bytes]]:
    """Yield malformed bodies without end; the call ids in them are used by no scenario."""
    for place in itertools.count():
        yield from build_malformed_bodies(f"{run}_garbage_{place}", "+493023125100", "+491713920050")
