"""Lets many invented people call at once, at a given rate, each at the pace of speech or as fast as the server answers."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.core import clock
from app.core.ids import new_ulid
from app.simulator.business_lookup import Business
from app.simulator.call_factory import Cast, Delivery
from app.simulator.live_transport import LiveTransport, sleep_until
from app.simulator.scenarios import Scenario
from app.simulator.webhook_sender import DeliveryResult, RetellStandIn

MAX_CONCURRENT_CALLS = 48


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One call to be made."""

    scenario: Scenario
    number: str
    call_id: str
    business: Business | None = None


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call that was made, with all answers."""

    plan: CallPlan
    answers: tuple[DeliveryResult, ...]

    @property
    def is_known_to_the_server(self) -> bool:
        """Whether an event of it was accepted, so that it must be found again."""
        return any(answer.accepted and answer.delivery.path == "webhook" for answer in self.answers)


def plan_calls(scenarios: Sequence[Scenario], count: int, *, number: str | None = None, business: Business | None = None) -> list[CallPlan]:
    """`count` calls, the scenarios in turn, each with an id of its own; `business` answers the number where it is not the demo town's."""
    turns = [scenarios[place % len(scenarios)] for place in range(count)]
    return [CallPlan(each, number or each.number, f"call_sim_{new_ulid().lower()}", business) for each in turns]


def run(
    plans: Sequence[CallPlan],
    stand_in: RetellStandIn,
    *,
    pace_s: float = 0.0,
    rate: float | None = None,
    on_answer: Callable[[CallPlan, DeliveryResult], None] = lambda plan, answer: None,
    on_called: Callable[[CallResult], None] = lambda called: None,
) -> list[CallResult]:
    """Makes the calls, `rate` new ones a second; a call takes `pace_s` seconds on the clock, whatever it takes in speech."""

    def call(plan: CallPlan) -> CallResult:
        called = CallResult(plan, tuple(_run_call(plan, stand_in, pace_s, on_answer)))
        on_called(called)
        return called

    began = time.monotonic()
    with ThreadPoolExecutor(min(len(plans), MAX_CONCURRENT_CALLS) or 1) as pool:
        made = []
        for place, plan in enumerate(plans):
            if rate:
                sleep_until(began + place / rate)
            made.append(pool.submit(call, plan))
        return [each.result() for each in made]


def _run_call(
    plan: CallPlan, stand_in: RetellStandIn, pace_s: float, on_answer: Callable[[CallPlan, DeliveryResult], None]
) -> list[DeliveryResult]:
    """Spoken on a live line; once written down without one before, for its length. What could not be told live is sent then."""
    ends_at = clock.now() + timedelta(seconds=pace_s)
    written = plan.scenario.play(_create_cast(plan, ends_at))
    length_s, faster = max((delivery.at_s for delivery in written), default=0.0), _get_speed(written, pace_s)
    start_ms = clock.to_ms(ends_at) - round(length_s * 1000)
    line = LiveTransport(stand_in, start_ms=start_ms, faster=faster, on_answer=lambda answer: on_answer(plan, answer))
    began = time.monotonic()
    for delivery in plan.scenario.play(replace(_create_cast(plan, ends_at), line=line)):
        sleep_until(began + delivery.at_s * faster)
        line.answers.append(stand_in.send(delivery))
        on_answer(plan, line.answers[-1])
    return line.answers


def _create_cast(plan: CallPlan, ends_at: datetime) -> Cast:
    """The same call each time: whoever calls follows from its id."""
    return Cast(plan.call_id, plan.number, random.Random(plan.call_id), ends_at, business=plan.business)  # noqa: S311 (whoever calls is no secret)


def _get_speed(deliveries: Sequence[Delivery], pace_s: float) -> float:
    """Seconds of the clock per second of speech."""
    length_s = max((delivery.at_s for delivery in deliveries), default=0.0)
    return pace_s / length_s if length_s else 0.0
