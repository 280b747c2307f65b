"""kill -9 of every process, again and again, under load: nothing is lost, doubled, invented or misdelivered."""

import os
import time
from functools import partial

import pytest

from tests.faults.house import House
from tests.faults.judging import judge
from tests.faults.sending import send_all
from tests.faults.stories import tell
from tests.faults.wishes import ask_all, judge_wishes, make_wishes

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]
# scripts/chaos sets these for the long form
CALLS = int(os.environ.get("CHAOS_CALLS", "160"))
KILLS = int(os.environ.get("CHAOS_KILLS", "8"))
WISHES = int(os.environ.get("CHAOS_WISHES", "16"))
SEED = int(os.environ.get("CHAOS_SEED", "20261120"))
EVERY_S = (1.0, 3.5)
MOST_PER_SECOND = 60.0


def test_every_accepted_call_is_there_once_whatever_dies_meanwhile(house: House) -> None:
    run = f"kills{SEED}{'m' if house.maria else 's'}"
    sent, wishes = tell(run, CALLS, seed=SEED), make_wishes(f"books{SEED}{run[-1]}", WISHES)
    events = sum(len(story.bodies) for story in sent.stories) + len(sent.garbage)
    # spread over all the kills
    per_second = min(MOST_PER_SECOND, events / (KILLS * sum(EVERY_S) / 2))
    victims = ("web", "worker", "clock", "redis", *(("maria",) if house.maria else ()))
    sender, asking = house.sender(), house.sender()
    house.killed.clear()
    began = time.monotonic()
    work = [
        partial(send_all, sender, sent, at_once=24, per_second=per_second, seed=SEED),
        partial(ask_all, asking, wishes),
    ]
    house.rage_while(work, victims, seed=SEED, every_s=EVERY_S, kills=KILLS)
    sent_s = time.monotonic() - began
    house.wait_until_ready()
    settled_s = house.wait_until_settled(within_s=60)
    print(
        f"\n{events} events, {len(wishes)} callers who book; answers {dict(sender.answers)} and {dict(asking.answers)},"
        f" killed {dict(house.killed)}, sent in {sent_s:.0f} s, settled {settled_s:.1f} s later"
    )
    assert sender.given_up == []
    assert all(set(story.bodies) == story.accepted for story in sent.stories)
    judge(house, sent)
    judge_wishes(house.app, wishes)
