"""Being stopped under load: an orderly end fails no request, and a power cut loses nothing that was acknowledged."""

import signal
import threading

import pytest

from tests.faults.assertions import assert_run
from tests.faults.environment import Environment
from tests.faults.load import send_all
from tests.faults.scenarios import build_run
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("process", ["web", "worker", "clock"])
def test_sigterm_under_load_fails_no_request(environment: Environment, process: str) -> None:
    sent, sender = (
        build_run(f"sigterm_{process}_{environment.maria is not None}", 30, seed=20, garbage=0),
        environment.sender(tries=1, keep_alive=False),
    )
    sending = threading.Thread(target=send_all, args=(sender, sent), kwargs={"at_once": 12, "per_second": 40, "seed": 20})
    sending.start()
    wait_until(lambda: sender.answers[204] >= 20, "load")
    old = environment.signal(process, signal.SIGTERM)
    wait_until(lambda: environment.server.pids.get(process) not in (None, old), what=f"a new {process}")
    sending.join()
    assert dict(sender.answers) == {204: sum(len(scenario.bodies) for scenario in sent.scenarios)}, sender.failures
    environment.wait_until_settled()
    assert_run(environment, sent)


def test_killing_everything_loses_no_acknowledged_event(environment: Environment) -> None:
    """Everything dies in the same instant, and is started again."""
    sent, sender = build_run(f"power_{environment.maria is not None}", 60, seed=21, garbage=5), environment.sender()
    sending = threading.Thread(target=send_all, args=(sender, sent), kwargs={"at_once": 12, "per_second": 40, "seed": 21})
    sending.start()
    for _ in range(2):
        enough = sender.answers[204] + 60
        wait_until(lambda enough=enough: sender.answers[204] >= enough or not sending.is_alive(), "load")
        environment.kill_all()
        environment.start_all()
    sending.join()
    assert sender.given_up == []
    environment.wait_until_ready()
    environment.wait_until_settled()
    assert_run(environment, sent)
