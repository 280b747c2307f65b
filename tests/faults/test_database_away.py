"""MariaDB away, silent, full or locked: senders hear 503 soon and send again, and nothing needs a restart."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pymysql
import pytest
import requests

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from tests.faults.assertions import assert_run
from tests.faults.environment import Environment
from tests.faults.load import send_all
from tests.faults.scenarios import build_run
from tests.support.external_servers import MariaDbServer
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.mariadb]


@pytest.fixture
def environment(mariadb_environment: Environment) -> Environment:
    mariadb_environment.wait_until_ready()
    mariadb_environment.wait_until_settled()
    return mariadb_environment


@pytest.fixture
def maria(environment: Environment) -> Iterator[MariaDbServer]:
    assert environment.maria is not None
    yield environment.maria
    environment.maria.thaw()
    environment.maria.start()


def post(environment: Environment, body: bytes) -> requests.Response:
    signature = sign_retell(body, environment.server.secrets["RETELL_API_KEY"], to_ms(now()))
    headers = {"X-Retell-Signature": signature}
    return requests.post(f"{environment.server.url}/api/retell/webhook", data=body, headers=headers, timeout=HANGS_AFTER_S)


def test_stopped_database_is_reported_and_recovers_without_restart(environment: Environment, maria: MariaDbServer) -> None:
    sent = build_run("database_stopped", 12, seed=4, garbage=0)
    before, said = environment.server.pids, environment.server.log.read_text()
    maria.kill()
    for body in sent.scenarios[0].bodies[:4]:
        answer = post(environment, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
        assert int(answer.headers["Retry-After"]) >= 1
    page = environment.get("/login")
    assert page.status_code in (200, 503), "never a 500"
    assert environment.get("/health/ready").status_code == 503
    assert environment.get("/health/live").status_code == 200
    wait_until(lambda: "scheduler.database_unavailable" in environment.server.log.read_text()[len(said) :], "a clock that notices")
    maria.start()
    environment.wait_until_ready()
    send_all(environment.sender(), sent, at_once=6, per_second=30, seed=4)
    environment.wait_until_settled()
    assert environment.server.pids == before, "nobody had to be started again"
    assert_run(environment, sent)


def test_pending_events_survive_database_kill(environment: Environment, maria: MariaDbServer) -> None:
    """kill -9 of MariaDB every few seconds while events come and are worked through: what was acknowledged is durable."""
    sent, sender = build_run("database_killed", 60, seed=5, garbage=5), environment.sender()
    environment.run_with_kills([partial(send_all, sender, sent, at_once=12, per_second=50, seed=5)], ["maria"], seed=5, every_s=(1.5, 3.0))
    environment.wait_until_ready()
    environment.wait_until_settled()
    assert sender.given_up == []
    assert_run(environment, sent)


def test_silent_database_blocks_no_process(environment: Environment, maria: MariaDbServer) -> None:
    """Requests wait for it or hear 503; when it speaks again, all is as if they had been sent again."""
    sent, sender = build_run("database_silent", 16, seed=6, garbage=0), environment.sender()
    sending = threading.Thread(target=send_all, args=(sender, sent), kwargs={"at_once": 8, "per_second": 30, "seed": 6})
    sending.start()
    wait_until(lambda: sender.answers[204], "load")
    maria.freeze()
    wait_until(lambda: sender.answers[503], "a sender that hears of it")
    assert environment.get("/health/live").status_code == 200
    maria.thaw()
    sending.join()
    assert sender.given_up == []
    assert set(sender.answers) <= {204, 503, 0}
    environment.wait_until_settled()
    assert_run(environment, sent)


def test_exhausted_database_rejects_soon_and_recovers(environment: Environment, maria: MariaDbServer) -> None:
    sent, sender = build_run("no_connections", 16, seed=7, garbage=0), environment.sender()
    with all_connections_taken(maria):
        environment.kill("web")
        wait_until(lambda: is_alive(environment), what="the web process")
        for body in sent.scenarios[0].bodies[:3]:
            answer = post(environment, body)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
    send_all(sender, sent, at_once=8, per_second=30, seed=7)
    assert sender.given_up == []
    environment.wait_until_ready()
    environment.wait_until_settled()
    assert_run(environment, sent)


def test_deadlocks_and_lock_timeouts_are_retried(environment: Environment, maria: MariaDbServer) -> None:
    """A rival takes the rows that intake and workers write, the other way round and in whole ranges."""
    sent, sender = build_run("deadlocks", 60, seed=8, garbage=0), environment.sender()
    with a_rival(maria) as deadlocks:
        send_all(sender, sent, at_once=12, per_second=40, seed=8)
    environment.wait_until_settled()
    assert sender.given_up == []
    assert_run(environment, sent)
    print(f"\nthe rival lost {deadlocks.count('lost')} deadlocks and won {deadlocks.count('won')} rounds; answers {dict(sender.answers)}")


def is_alive(environment: Environment) -> bool:
    try:
        return environment.get("/health/live").status_code == 200
    except requests.RequestException:
        return False


@contextmanager
def all_connections_taken(maria: MariaDbServer) -> Iterator[None]:
    """Ours are thrown out, the last free ones are taken, and only the administrator's extra one is left."""
    own = maria.connect()
    held: list[pymysql.Connection[pymysql.cursors.Cursor]] = []
    with own.cursor() as cursor:
        cursor.execute("SET GLOBAL max_connections = 10")
        cursor.execute("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root'")
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL {number}")
    try:
        for _ in range(400):
            try:
                held.append(maria.connect())
            except pymysql.err.OperationalError:
                if len(held) >= 8:
                    break
                time.sleep(0.05)
        yield
    finally:
        with own.cursor() as cursor:
            cursor.execute("SET GLOBAL max_connections = 400")
        for connection in (*held, own):
            connection.close()


@contextmanager
def a_rival(maria: MariaDbServer) -> Iterator[list[str]]:
    rounds: list[str] = []
    over = threading.Event()

    def rage() -> None:
        with maria.connect() as connection, connection.cursor() as cursor:
            while not over.wait(0.05):
                try:
                    cursor.execute("BEGIN")
                    cursor.execute("SELECT * FROM live_event_sequences ORDER BY company_id DESC FOR UPDATE")
                    time.sleep(0.1)
                    cursor.execute("SELECT id FROM calls WHERE provider_call_id LIKE 'deadlocks%' FOR UPDATE")
                    cursor.execute("SELECT id FROM webhook_events WHERE status = 'pending' FOR UPDATE")
                    time.sleep(0.2)
                    cursor.execute("ROLLBACK")
                    rounds.append("won")
                except pymysql.err.OperationalError as error:
                    assert error.args[0] in (1213, 1205)
                    rounds.append("lost")

    rival = threading.Thread(target=rage)
    rival.start()
    try:
        yield rounds
    finally:
        over.set()
        rival.join()
