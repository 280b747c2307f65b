"""The browser's session: kept on our side, new at sign-in, dead at once when it is ended."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, Response, session
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, text

from app.core import sessions
from app.core.clock import now
from app.core.extensions import db as database
from app.models import FeatureFlag, WebSession
from tests.support.applications import new_app


def put() -> str:
    session["colour"] = "petrol"
    return "ok"


def look() -> str:
    return str(session.get("colour"))


def renew() -> str:
    session.regenerate()  # type: ignore[attr-defined]
    return "ok"


def end() -> str:
    session.end()  # type: ignore[attr-defined]
    return "ok"


def half_done() -> str:
    database.session.add(FeatureFlag(name="half_done", is_enabled=True))
    database.session.flush()
    session["colour"] = "grey"
    return "ok"


def asked_by_script() -> str:
    session.is_activity = False  # type: ignore[attr-defined]
    return look()


@pytest.fixture
def app(all_applications: Any, database_kind: str, redis: object) -> Iterator[Flask]:
    """An application of its own, because views cannot be added to one that has answered already."""
    _, url = all_applications.clean(database_kind)
    app = new_app(all_applications.settings(url))
    for view in (put, look, renew, end, half_done, asked_by_script):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view)
    yield app
    with app.app_context():
        database.engine.dispose()


def cookie(answer: Response) -> str:
    return answer.headers["Set-Cookie"].split(";")[0].partition("=")[2]


def test_a_visitor_who_leaves_nothing_gets_neither_row_nor_cookie(client: FlaskClient, db: SQLAlchemy) -> None:
    answer = client.get("/look")
    assert "Set-Cookie" not in answer.headers
    assert db.session.scalars(select(WebSession)).all() == []


def test_the_cookie_is_kept_from_scripts_and_the_table_holds_only_its_hash(client: FlaskClient, db: SQLAlchemy) -> None:
    answer = client.get("/put")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
    [row] = db.session.scalars(select(WebSession)).all()
    assert row.id_hash == sessions.hash_of(cookie(answer)) != cookie(answer)
    stored = db.session.execute(text("SELECT data FROM web_sessions")).scalar_one()
    assert b"petrol" not in bytes(stored)
    assert client.get("/look").text == "petrol"


def test_in_production_the_cookie_is_pinned_to_this_host_and_to_https(app: Flask) -> None:
    app.session_interface = sessions.DatabaseSessionInterface(secure=True)
    answer = app.test_client().get("/put")
    assert answer.headers["Set-Cookie"].startswith("__Host-askproai=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
    assert "Domain" not in answer.headers["Set-Cookie"]


def test_a_renewed_session_keeps_its_things_and_its_old_name_is_dead(app: Flask) -> None:
    client = app.test_client()
    old = cookie(client.get("/put"))
    new = cookie(client.get("/renew"))
    assert new != old and client.get("/look").text == "petrol"
    assert stranger_with(app, old).get("/look").text == "None"


def test_a_name_that_somebody_else_chose_is_never_taken_over(app: Flask) -> None:
    client = stranger_with(app, "chosen-by-the-attacker")
    assert cookie(client.get("/put")) != "chosen-by-the-attacker"
    assert stranger_with(app, "chosen-by-the-attacker").get("/look").text == "None"


def test_an_ended_session_is_dead_for_whoever_kept_the_cookie(app: Flask, db: SQLAlchemy) -> None:
    client = app.test_client()
    kept = cookie(client.get("/put"))
    answer = client.get("/end")
    assert cookie(answer) == ""
    assert db.session.scalars(select(WebSession)).all() == []
    assert stranger_with(app, kept).get("/look").text == "None"


def test_a_slow_request_does_not_bring_an_ended_session_back(app: Flask, db: SQLAlchemy) -> None:
    kept = cookie(app.test_client().get("/put"))
    with app.test_request_context(headers={"Cookie": f"askproai={kept}"}):
        slow = sessions.ServerSession(kept)
        assert slow["colour"] == "petrol"
        stranger_with(app, kept).get("/end")
        slow["colour"] = "red"
        assert slow.store() is None
    assert stranger_with(app, kept).get("/look").text == "None"


def test_half_an_hour_of_silence_ends_it(client: FlaskClient) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client.get("/put")
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert client.get("/look").text == "petrol"
        clock.shift(timedelta(minutes=30))
        assert client.get("/look").text == "None"


def test_a_script_that_asks_all_the_time_is_nobody_being_there(client: FlaskClient) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client.get("/put")
        clock.shift(timedelta(minutes=20))
        assert client.get("/asked_by_script").text == "petrol"
        clock.shift(timedelta(minutes=11))
        assert client.get("/look").text == "None"


def test_twelve_hours_end_it_however_busy_it_was(client: FlaskClient) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client.get("/put")
        for _ in range(35):
            clock.shift(timedelta(minutes=20))
            assert client.get("/look").text == "petrol"
        clock.shift(timedelta(minutes=20))
        assert client.get("/look").text == "None"


def test_being_seen_is_written_at_most_once_a_minute(client: FlaskClient, db: SQLAlchemy) -> None:
    def seen() -> object:
        db.session.rollback()
        return db.session.scalars(select(WebSession.seen_at)).one()

    with time_machine.travel(now(), tick=False) as clock:
        client.get("/put")
        first = seen()
        clock.shift(timedelta(seconds=59))
        client.get("/look")
        assert seen() == first
        clock.shift(timedelta(seconds=1))
        client.get("/look")
        assert seen() == now()


def test_storing_the_session_commits_nothing_of_the_request(client: FlaskClient, db: SQLAlchemy) -> None:
    client.get("/half_done")
    assert client.get("/look").text == "grey"
    assert db.session.scalars(select(FeatureFlag)).all() == []


def test_a_session_sealed_with_a_forgotten_key_is_no_session(client: FlaskClient, db: SQLAlchemy) -> None:
    client.get("/put")
    db.session.execute(text("UPDATE web_sessions SET data = :other"), {"other": b"0000" + b"1" * 60})
    db.session.commit()
    assert client.get("/look").text == "None"


def test_dead_sessions_are_forgotten_and_living_ones_stay(client: FlaskClient, app: Flask, db: SQLAlchemy) -> None:
    client.get("/put")
    with time_machine.travel(now() + timedelta(minutes=29), tick=False):
        living = sessions.hash_of(cookie(app.test_client().get("/put")))
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert sessions.delete_expired_sessions() == 1
        assert sessions.find_active_sessions([living, "another"]) == {living}
    assert db.session.scalars(select(WebSession.id_hash)).all() == [living]


def stranger_with(app: Flask, cookie: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("askproai", cookie)
    return client
