"""kill -9 of every process, again and again, under load: nothing is lost, doubled, invented or misdelivered."""

import os
from functools import partial

import pytest

from tests.faults.assertions import assert_run
from tests.faults.booking_attempts import assert_one_booking_per_slot, make_booking_attempts, send_attempts
from tests.faults.environment import Environment
from tests.faults.load import send_all
from tests.faults.scenarios import build_run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]
# scripts/chaos sets these for the long form
CALLS = int(os.environ.get("CHAOS_CALLS", "160"))
KILLS = int(os.environ.get("CHAOS_KILLS", "8"))
BOOKING_ATTEMPTS = int(os.environ.get("CHAOS_WISHES", "16"))
SEED = int(os.environ.get("CHAOS_SEED", "20261120"))
EVERY_S = (1.0, 3.5)
MOST_PER_SECOND = 60.0


def test_every_accepted_call_is_stored_once_despite_kills(environment: Environment) -> None:
    run = f"kills{SEED}{'m' if environment.maria else 's'}"
    sent, attempts = build_run(run, CALLS, seed=SEED), make_booking_attempts(f"books{SEED}{run[-1]}", BOOKING_ATTEMPTS)
    events = sum(len(scenario.bodies) for scenario in sent.scenarios) + len(sent.garbage)
    # spread over all the kills
    per_second = min(MOST_PER_SECOND, events / (KILLS * sum(EVERY_S) / 2))
    victims = ("web", "worker", "clock", "redis", *(("maria",) if environment.maria else ()))
    sender, asking = environment.sender(), environment.sender()
    environment.killed.clear()
    work = [
        partial(send_all, sender, sent, at_once=24, per_second=per_second, seed=SEED),
        partial(send_attempts, asking, attempts),
    ]
    environment.run_with_kills(work, victims, seed=SEED, every_s=EVERY_S, kills=KILLS)
    environment.wait_until_ready()
    environment.wait_until_settled()
    print(
        f"\n{events} events, {len(attempts)} callers who book; answers {dict(sender.answers)} and {dict(asking.answers)},"
        f" killed {dict(environment.killed)}"
    )
    assert sender.given_up == []
    assert all(set(scenario.bodies) == scenario.accepted for scenario in sent.scenarios)
    assert_run(environment, sent)
    assert_one_booking_per_slot(environment.app, attempts)
