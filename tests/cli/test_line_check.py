"""flask line check: the whole way through a real server, its socket included, and the exit code that scripts read."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from app import events
from app.core.ids import new_ulid
from app.core.line_check_listener_token import HEADER, create_token, read_token
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.inbox.processor import drain_batch
from app.domain.line_check import runner
from app.domain.line_check.runner import STEPS
from app.domain.operations.health import CHECKS
from app.jobs.line_checks import start_line_check
from app.models import Agent, LineCheck, PhoneNumber
from tests.factories.salon import Salon
from tests.support.agent_call import MITTE, make_salon_with_numbers
from tests.support.live import LiveCompany, build_event, build_turn, make_call, publish_events
from tests.support.sockets import Dashboard, Refused, SocketServer
from tests.support.waiting import HANGS_AFTER_S

on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    salon = make_salon_with_numbers()
    with company_scope(salon.company_id), transaction():
        agent = Agent(name="Lena")
        db.session.add(agent)
        db.session.flush()
        db.session.execute(update(PhoneNumber).values(agent_id=agent.id))
    return salon


@pytest.fixture
def server(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SocketServer]:
    for name in ("workers", "clock"):
        monkeypatch.setitem(CHECKS, name, lambda: ("ok", {}))
    with SocketServer(app, tmp_path) as started:
        monkeypatch.setattr(app.config["SETTINGS"], "port", started.port)
        yield started


@pytest.fixture
def worker(app: Flask) -> Iterator[None]:
    """Drains, as a worker does."""
    done = threading.Event()

    def drain() -> None:
        with app.app_context():
            while not done.wait(0.05):
                drain_batch(10)

    thread = threading.Thread(target=drain)
    thread.start()
    yield
    done.set()
    thread.join()


@on_one_database
def test_a_line_that_stands_is_told_step_by_step(app: Flask, salon: Salon, server: SocketServer, worker: None) -> None:
    result = app.test_cli_runner().invoke(args=["line", "check", "030 23125100"])
    assert result.exit_code == 0, result.output
    told = result.output.splitlines()
    assert len(told) == len(STEPS) and all(line.startswith("✓") and " ms " in line for line in told), result.output


@on_one_database
def test_one_worker_alone_runs_a_check_to_its_end_and_leaves_no_thread(
    app: Flask, db: SQLAlchemy, salon: Salon, server: SocketServer
) -> None:
    """Nobody else drains the inbox here."""
    with company_scope(salon.company_id):
        with transaction():
            check_id = runner.start_check(db.session.query(PhoneNumber.id).filter_by(e164=MITTE).scalar(), channel="page").id
        before = set(threading.enumerate())
        start_line_check(check_id)
        # the pool of the health checks stays as long as the process
        left = [thread for thread in set(threading.enumerate()) - before if not thread.name.startswith("checks_")]
        for thread in left:
            thread.join(HANGS_AFTER_S)
        assert [thread for thread in left if thread.is_alive()] == []
        check = db.session.scalars(select(LineCheck).where(LineCheck.id == check_id)).one()
    assert (check.result, [step["status"] for step in check.steps]) == ("ok", ["ok"] * len(STEPS)), check.steps
    assert check.steps[-2]["name"] == "dashboard" and check.received_at is not None


@on_one_database
def test_a_number_of_nobodys_ends_with_one(app: Flask, db: SQLAlchemy) -> None:
    result = app.test_cli_runner().invoke(args=["line", "check", MITTE])
    assert result.exit_code == 1 and result.output.startswith("✗ Phone number")


@on_one_database
def test_a_ticket_hears_its_own_arrival_and_nothing_else(app: Flask, db: SQLAlchemy, salon: Salon, server: SocketServer) -> None:
    with company_scope(salon.company_id), transaction():
        number = db.session.query(PhoneNumber.id).first()[0]
        rows = [
            LineCheck(id=new_ulid(), phone_number_id=number, number=MITTE, channel="page", provider_call_id=str(n), result=result)
            for n, result in enumerate(("running", "running", "ok"))
        ]
        db.session.add_all(rows)
    mine, other, over = (row.id for row in rows)
    ears = Dashboard(server, None, **{HEADER: create_token(mine)})
    ears.wait_for("welcome")
    call = make_call(LiveCompany(salon.company_id, tuple(salon.branches.values())))
    publish_events(build_event(call, events.CallStarted), build_turn(call, 0, "Ein Geheimnis."))
    publish_events(build_event(call, events.LineCheckReceived, check_id=other))
    publish_events(build_event(call, events.LineCheckReceived, check_id=mine))
    assert ears.wait_for("line_check.arrived")["data"] == {"check": mine}
    assert ears.names() == ["line_check.arrived"]
    assert ears.ask("watch", {"call": call.id}) == {"ok": False}
    assert ears.ask("catch_up", {"since": 0}) == {"reload": True}
    ears.close()
    for ticket in (create_token(over), create_token(new_ulid()), create_token(mine) + "x", "x"):
        with pytest.raises(Refused):
            Dashboard(server, None, **{HEADER: ticket})


def test_an_old_ticket_is_none(app: Flask) -> None:
    with app.app_context():
        assert read_token(create_token("x")) == "x"
        with time_machine.travel("2020-01-01", tick=False):
            old = create_token("x")
        assert read_token(old) is None
