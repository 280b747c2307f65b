"""kill -9 of every process, again and again, under load: nothing is lost, doubled, invented or misdelivered."""

import os
import time
from functools import partial

import pytest

from tests.faults.house import House
from tests.faults.judging import judge
from tests.faults.sending import send_all
from tests.faults.stories import tell

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
# FAULTS_CALLS=1600 rages ten times as long
CALLS = int(os.environ.get("FAULTS_CALLS", "160"))
SEED = int(os.environ.get("FAULTS_SEED", "20261120"))
PER_SECOND = 60.0


def test_every_accepted_call_is_there_once_whatever_dies_meanwhile(house: House) -> None:
    sent = tell(f"kills{SEED}{'m' if house.maria else 's'}", CALLS, seed=SEED)
    sender = house.sender()
    house.killed.clear()
    began = time.monotonic()
    sending = partial(send_all, sender, sent, at_once=24, per_second=PER_SECOND, seed=SEED)
    house.rage_while(sending, ("web", "worker", "clock", "redis"), seed=SEED, every_s=(1.0, 3.5))
    sent_s = time.monotonic() - began
    house.wait_until_ready()
    settled_s = house.wait_until_settled(within_s=60)
    print(f"\nanswers {dict(sender.answers)}, killed {dict(house.killed)}, sent in {sent_s:.0f} s, settled {settled_s:.1f} s later")
    assert sender.given_up == []
    assert all(set(story.bodies) == story.accepted for story in sent.stories)
    judge(house, sent)
