"""Runs many simulated calls in parallel at a given rate, each at the pace of speech or as fast as the server answers."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.core import clock
from app.core.ids import new_ulid
from app.simulator.business_lookup import DialledBusiness
from app.simulator.call_factory import CallSetup, SimulatedWebhook
from app.simulator.live_transport import SimulatedCallTransport, sleep_until
from app.simulator.scenarios import Scenario
from app.simulator.webhook_sender import SimulatedRetell, SimulatedWebhookResult

MAX_CONCURRENT_CALLS = 48


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call to be simulated."""

    scenario: Scenario
    number: str
    call_id: str
    business: DialledBusiness | None = None


@dataclass(frozen=True, slots=True)
class SimulatedCallResult:
    """A simulated call with all responses of the server."""

    plan: CallPlan
    answers: tuple[SimulatedWebhookResult, ...]

    @property
    def is_accepted(self) -> bool:
        """Tell whether the server accepted an event of the call, so that the call must be stored."""
        return any(answer.accepted and answer.delivery.path == "webhook" for answer in self.answers)


def plan_calls(
    scenarios: Sequence[Scenario], count: int, *, number: str | None = None, business: DialledBusiness | None = None
) -> list[CallPlan]:
    """Plan `count` calls, the scenarios in turn, each with its own id. `business` owns the number unless a demo company does."""
    turns = [scenarios[place % len(scenarios)] for place in range(count)]
    return [CallPlan(each, number or each.number, f"call_sim_{new_ulid().lower()}", business) for each in turns]


def run(
    plans: Sequence[CallPlan],
    retell: SimulatedRetell,
    *,
    pace_s: float = 0.0,
    rate: float | None = None,
    on_answer: Callable[[CallPlan, SimulatedWebhookResult], None] = lambda plan, answer: None,
    on_called: Callable[[SimulatedCallResult], None] = lambda result: None,
) -> list[SimulatedCallResult]:
    """Run the calls, `rate` new ones a second; each takes `pace_s` seconds of real time, however long its speech is."""

    def call(plan: CallPlan) -> SimulatedCallResult:
        result = SimulatedCallResult(plan, tuple(_run_call(plan, retell, pace_s, on_answer)))
        on_called(result)
        return result

    began = time.monotonic()
    with ThreadPoolExecutor(min(len(plans), MAX_CONCURRENT_CALLS) or 1) as pool:
        futures = []
        for place, plan in enumerate(plans):
            if rate:
                sleep_until(began + place / rate)
            futures.append(pool.submit(call, plan))
        return [each.result() for each in futures]


def _run_call(
    plan: CallPlan, retell: SimulatedRetell, pace_s: float, on_answer: Callable[[CallPlan, SimulatedWebhookResult], None]
) -> list[SimulatedWebhookResult]:
    """Play the call through a live transport. A dry play before gives its length; scenarios without a transport are sent afterwards."""
    ends_at = clock.now() + timedelta(seconds=pace_s)
    webhooks = plan.scenario.play(_create_setup(plan, ends_at))
    length_s, faster = max((delivery.at_s for delivery in webhooks), default=0.0), _get_speed(webhooks, pace_s)
    start_ms = clock.to_ms(ends_at) - round(length_s * 1000)
    transport = SimulatedCallTransport(retell, start_ms=start_ms, faster=faster, on_answer=lambda answer: on_answer(plan, answer))
    began = time.monotonic()
    for delivery in plan.scenario.play(replace(_create_setup(plan, ends_at), transport=transport)):
        sleep_until(began + delivery.at_s * faster)
        transport.answers.append(retell.send(delivery))
        on_answer(plan, transport.answers[-1])
    return transport.answers


def _create_setup(plan: CallPlan, ends_at: datetime) -> CallSetup:
    """Seed the caller from the call id, so that both plays of a call are equal."""
    return CallSetup(plan.call_id, plan.number, random.Random(plan.call_id), ends_at, business=plan.business)  # noqa: S311 (no secret)


def _get_speed(deliveries: Sequence[SimulatedWebhook], pace_s: float) -> float:
    """Return the seconds of real time for a second of speech."""
    length_s = max((delivery.at_s for delivery in deliveries), default=0.0)
    return pace_s / length_s if length_s else 0.0
