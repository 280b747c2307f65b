"""Being stopped under load: an orderly end fails no request, and a power cut loses nothing that was acknowledged."""

import signal
import threading
import time

import pytest

from tests.faults.house import House
from tests.faults.judging import judge
from tests.faults.sending import send_all
from tests.faults.stories import tell
from tests.support.backends import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.mark.parametrize("process", ["web", "worker", "clock"])
def test_an_orderly_end_under_load_fails_no_request(house: House, process: str) -> None:
    sent, sender = tell(f"sigterm_{process}_{house.maria is not None}", 30, seed=20, garbage=0), house.sender(tries=1, keep_alive=False)
    sending = threading.Thread(target=send_all, args=(sender, sent), kwargs={"at_once": 12, "per_second": 40, "seed": 20})
    sending.start()
    time.sleep(1.5)
    old = house.signal(process, signal.SIGTERM)
    wait_until(lambda: house.server.pids.get(process) not in (None, old), within_s=30, what=f"a new {process}")
    sending.join(90)
    assert dict(sender.answers) == {204: sum(len(story.bodies) for story in sent.stories)}, sender.failures
    house.wait_until_settled()
    judge(house, sent)


def test_a_power_cut_loses_nothing_that_was_acknowledged(house: House) -> None:
    """Everything dies in the same instant, and is started again."""
    sent, sender = tell(f"power_{house.maria is not None}", 60, seed=21, garbage=5), house.sender()
    sending = threading.Thread(target=send_all, args=(sender, sent), kwargs={"at_once": 12, "per_second": 40, "seed": 21})
    sending.start()
    for _ in range(2):
        time.sleep(3)
        house.cut_the_power()
        house.switch_on()
    sending.join(120)
    assert sender.given_up == []
    house.wait_until_ready()
    house.wait_until_settled(within_s=60)
    judge(house, sent)
