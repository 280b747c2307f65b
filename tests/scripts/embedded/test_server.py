import os
from collections.abc import Callable

import pytest
import requests

from tests.support.running_server import RunningServer, find_children, is_running
from tests.support.waiting import HANGS_AFTER_S

pytestmark = pytest.mark.faults
PROCESSES = ("redis", "web", "worker", "clock")


def test_a_first_start_serves_and_says_how_to_come_in(running_server: RunningServer) -> None:
    assert requests.get(f"{running_server.url}/login", timeout=HANGS_AFTER_S).status_code == 200
    running_server.wait_until(lambda: "AskProAI is running" in running_server.log.read_text())
    said = running_server.log.read_text()
    assert f"http://localhost:{running_server.note['port']}" in said
    assert "owner@salon-lindgren.example" in said
    assert set(running_server.pids) == {"server", *PROCESSES}


def test_nobody_else_reads_what_the_instance_holds(running_server: RunningServer) -> None:
    files = [running_server.instance, *running_server.instance.iterdir()]
    assert {file.name: oct(file.stat().st_mode & 0o077) for file in files} == {file.name: "0o0" for file in files}


def test_commands_run_beside_the_server(running_server: RunningServer) -> None:
    assert "/health/ready" in running_server.flask("routes").stdout


@pytest.mark.parametrize("name", PROCESSES)
def test_a_killed_process_is_replaced_and_the_server_serves_on(running_server: RunningServer, name: str) -> None:
    old = running_server.kill(name)
    running_server.wait_until(lambda: running_server.pids.get(name) not in (None, old))
    running_server.wait_until(running_server.is_ready)
    assert set(running_server.pids) == {"server", *PROCESSES}


def test_nobody_is_refused_while_the_web_process_is_replaced(running_server: RunningServer) -> None:
    assert find_children(running_server.pids["web"]), "the arbiter has a worker"
    # what the dying worker had accepted dies with it: that is another matter
    running_server.kill("web")
    assert requests.get(f"{running_server.url}/health/live", timeout=HANGS_AFTER_S).status_code == 200


def test_everything_ends_with_a_killed_server_and_starts_again(start_server: Callable[..., RunningServer]) -> None:
    server = start_server()
    pids = server.pids
    secrets = server.secrets
    server.kill("server")
    assert not any(is_running(pid) for pid in pids.values())
    server.start()
    assert server.secrets == secrets
    assert not set(server.pids.values()) & set(pids.values())


def test_stopping_leaves_nothing_behind(start_server: Callable[..., RunningServer]) -> None:
    server = start_server()
    pids = server.pids
    assert server.stop() == 0
    assert not any(is_running(pid) for pid in pids.values())
    assert not {"server.json", "redis.url"} & set(os.listdir(server.instance))


def test_a_secret_set_to_nothing_keeps_its_door_closed(start_server: Callable[..., RunningServer]) -> None:
    server = start_server(RETELL_API_KEY="")
    assert requests.post(f"{server.url}/api/retell/webhook", data=b"{}", timeout=HANGS_AFTER_S).status_code == 503
