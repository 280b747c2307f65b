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
from tests.faults.house import House
from tests.faults.judging import judge
from tests.faults.sending import send_all
from tests.faults.stories import tell
from tests.support.backends import MariaBackend, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.mariadb, pytest.mark.timeout(300)]


@pytest.fixture
def house(mariadb_house: House) -> House:
    mariadb_house.wait_until_ready()
    mariadb_house.wait_until_settled()
    return mariadb_house


@pytest.fixture
def maria(house: House) -> Iterator[MariaBackend]:
    assert house.maria is not None
    yield house.maria
    house.maria.thaw()
    house.maria.start()


def post(house: House, body: bytes) -> tuple[requests.Response, float]:
    began = time.monotonic()
    signature = sign_retell(body, house.server.secrets["RETELL_API_KEY"], to_ms(now()))
    answer = requests.post(f"{house.server.url}/api/retell/webhook", data=body, headers={"X-Retell-Signature": signature}, timeout=40)
    return answer, time.monotonic() - began


def test_a_stopped_database_is_said_at_once_and_heals_without_a_restart(house: House, maria: MariaBackend) -> None:
    sent = tell("database_stopped", 12, seed=4, garbage=0)
    before = house.server.pids
    maria.kill()
    for body in sent.stories[0].bodies[:4]:
        answer, took_s = post(house, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
        assert int(answer.headers["Retry-After"]) >= 1
        assert took_s < 3
    page = house.get("/login")
    assert page.status_code in (200, 503), "never a 500"
    assert house.get("/health/ready").status_code == 503
    assert house.get("/health/live").status_code == 200
    time.sleep(4)
    maria.start()
    wait_until(house.server.is_ready, within_s=10, what="the server")
    send_all(house.sender(), sent, at_once=6, per_second=30, seed=4)
    house.wait_until_settled()
    assert house.server.pids == before, "nobody had to be started again"
    judge(house, sent)


def test_events_that_wait_outlive_the_database(house: House, maria: MariaBackend) -> None:
    """kill -9 of MariaDB every few seconds while events come and are worked through: what was acknowledged is durable."""
    sent, sender = tell("database_killed", 60, seed=5, garbage=5), house.sender()
    house.rage_while([partial(send_all, sender, sent, at_once=12, per_second=50, seed=5)], ["maria"], seed=5, every_s=(1.5, 3.0))
    house.wait_until_ready()
    house.wait_until_settled()
    assert sender.given_up == []
    judge(house, sent)


def test_a_silent_database_takes_nobody_along(house: House, maria: MariaBackend) -> None:
    """Requests wait for it or hear 503; when it speaks again, all is as if they had been sent again."""
    sent, sender = tell("database_silent", 16, seed=6, garbage=0), house.sender()
    sending = threading.Thread(target=send_all, args=(sender, sent), kwargs={"at_once": 8, "per_second": 30, "seed": 6})
    sending.start()
    time.sleep(1)
    maria.freeze()
    time.sleep(6)
    assert house.get("/health/live").status_code == 200
    maria.thaw()
    sending.join(60)
    assert sender.given_up == []
    assert set(sender.answers) <= {204, 503, 0}
    house.wait_until_settled()
    judge(house, sent)


def test_a_database_without_free_connections_refuses_soon_and_serves_again(house: House, maria: MariaBackend) -> None:
    sent, sender = tell("no_connections", 16, seed=7, garbage=0), house.sender()
    with all_connections_taken(maria):
        house.kill("web")
        wait_until(lambda: is_alive(house), within_s=30, what="the web process")
        for body in sent.stories[0].bodies[:3]:
            answer, took_s = post(house, body)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
            assert took_s < 3
    send_all(sender, sent, at_once=8, per_second=30, seed=7)
    assert sender.given_up == []
    house.wait_until_ready()
    house.wait_until_settled()
    judge(house, sent)


def test_deadlocks_and_locks_are_waited_for_or_tried_again(house: House, maria: MariaBackend) -> None:
    """A rival takes the rows that intake and workers write, the other way round and in whole ranges."""
    sent, sender = tell("deadlocks", 60, seed=8, garbage=0), house.sender()
    with a_rival(maria) as deadlocks:
        send_all(sender, sent, at_once=12, per_second=40, seed=8)
    house.wait_until_settled()
    assert sender.given_up == []
    judge(house, sent)
    print(f"\nthe rival lost {deadlocks.count('lost')} deadlocks and won {deadlocks.count('won')} rounds; answers {dict(sender.answers)}")


def is_alive(house: House) -> bool:
    try:
        return house.get("/health/live").status_code == 200
    except requests.RequestException:
        return False


@contextmanager
def all_connections_taken(maria: MariaBackend) -> Iterator[None]:
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
def a_rival(maria: MariaBackend) -> Iterator[list[str]]:
    rounds: list[str] = []
    over = threading.Event()

    def rage() -> None:
        with maria.connect() as connection, connection.cursor() as cursor:
            while not over.wait(0.05):
                try:
                    cursor.execute("BEGIN")
                    cursor.execute("SELECT * FROM live_cursors ORDER BY company_id DESC FOR UPDATE")
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
        rival.join(60)
