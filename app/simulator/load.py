"""Lets many invented people call at once, at a given rate, each at the pace of speech or as fast as the server answers."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.core import clock
from app.core.ids import new_ulid
from app.simulator.businesses import Business
from app.simulator.call_factory import Cast, Delivery
from app.simulator.live_transport import LiveLine, sleep_until
from app.simulator.scenarios import Scenario
from app.simulator.webhook_sender import Answer, RetellStandIn

MOST_AT_ONCE = 48


@dataclass(frozen=True, slots=True)
class Plan:
    """One call to be made."""

    scenario: Scenario
    number: str
    call_id: str
    business: Business | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """One call that was made, with all answers."""

    plan: Plan
    answers: tuple[Answer, ...]

    @property
    def is_known_to_the_server(self) -> bool:
        """Whether an event of it was accepted, so that it must be found again."""
        return any(answer.accepted and answer.delivery.path == "webhook" for answer in self.answers)


def plan_calls(scenarios: Sequence[Scenario], count: int, *, number: str | None = None, business: Business | None = None) -> list[Plan]:
    """`count` calls, the scenarios in turn, each with an id of its own; `business` answers the number where it is not the demo town's."""
    turns = [scenarios[place % len(scenarios)] for place in range(count)]
    return [Plan(each, number or each.number, f"call_sim_{new_ulid().lower()}", business) for each in turns]


def run(
    plans: Sequence[Plan],
    stand_in: RetellStandIn,
    *,
    pace_s: float = 0.0,
    rate: float | None = None,
    on_answer: Callable[[Plan, Answer], None] = lambda plan, answer: None,
    on_called: Callable[[Called], None] = lambda called: None,
) -> list[Called]:
    """Makes the calls, `rate` new ones a second; a call takes `pace_s` seconds on the clock, whatever it takes in speech."""

    def call(plan: Plan) -> Called:
        called = Called(plan, tuple(_converse(plan, stand_in, pace_s, on_answer)))
        on_called(called)
        return called

    began = time.monotonic()
    with ThreadPoolExecutor(min(len(plans), MOST_AT_ONCE) or 1) as pool:
        made = []
        for place, plan in enumerate(plans):
            if rate:
                sleep_until(began + place / rate)
            made.append(pool.submit(call, plan))
        return [each.result() for each in made]


def _converse(plan: Plan, stand_in: RetellStandIn, pace_s: float, on_answer: Callable[[Plan, Answer], None]) -> list[Answer]:
    """Spoken on a live line; once written down without one before, for its length. What could not be told live is sent then."""
    ends_at = clock.now() + timedelta(seconds=pace_s)
    written = plan.scenario.play(_cast(plan, ends_at))
    length_s, faster = max((delivery.at_s for delivery in written), default=0.0), _speed(written, pace_s)
    start_ms = clock.to_ms(ends_at) - round(length_s * 1000)
    line = LiveLine(stand_in, start_ms=start_ms, faster=faster, on_answer=lambda answer: on_answer(plan, answer))
    began = time.monotonic()
    for delivery in plan.scenario.play(replace(_cast(plan, ends_at), line=line)):
        sleep_until(began + delivery.at_s * faster)
        line.answers.append(stand_in.send(delivery))
        on_answer(plan, line.answers[-1])
    return line.answers


def _cast(plan: Plan, ends_at: datetime) -> Cast:
    """The same call each time: whoever calls follows from its id."""
    return Cast(plan.call_id, plan.number, random.Random(plan.call_id), ends_at, business=plan.business)  # noqa: S311 (whoever calls is no secret)


def _speed(deliveries: Sequence[Delivery], pace_s: float) -> float:
    """Seconds of the clock per second of speech."""
    length_s = max((delivery.at_s for delivery in deliveries), default=0.0)
    return pace_s / length_s if length_s else 0.0
