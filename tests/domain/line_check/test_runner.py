"""A line check goes through the real doors, ends green or red with its repair, and leaves no trace in anything that counts."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select, update
from werkzeug.serving import make_server

from app.core.clock import now
from app.core.route_guards import guard_of
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.accounts.api_keys import SCOPES, create_key
from app.domain.agents.status import AgentStatus
from app.domain.inbox.processor import drain_batch
from app.domain.line_check import runner
from app.domain.line_check.messages import describe_step, get_repair
from app.domain.operations import gauges
from app.domain.operations.health import CHECKS
from app.jobs import line_checks as jobs
from app.models import Agent, Branch, Call, CallHour, Company, Connection, Customer, LineCheck, LiveEvent, PhoneNumber, StaffTask, User
from tests.factories.companies import RejectedWebhookFactory
from tests.factories.salon import Salon
from tests.support.agent_call import MITTE, make_salon_with_numbers
from tests.support.retell_webhooks import call_body, send
from tests.support.untrusted_server import untrusted_server
from tests.support.users import csrf_token, make_user, signed_in, token_of

GREEN = [(name, "ok") for name in runner.STEPS]
# what a check may leave behind
ITS_OWN = {"calls", "call_events", "tool_calls", "webhook_events", "live_events", "live_event_sequences", "line_checks"}


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    """With an agent on its first number."""
    salon = make_salon_with_numbers()
    with company_scope(salon.company_id), transaction():
        agent = Agent(name="Lena")
        db.session.add(agent)
        db.session.flush()
        db.session.execute(update(PhoneNumber).where(PhoneNumber.e164 == MITTE).values(agent_id=agent.id))
    return salon


@pytest.fixture(autouse=True)
def everything_runs(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Workers and clock as the checks of /health see them; a test may say otherwise."""
    stands = {"workers": "ok", "clock": "ok"}
    for name in stands:
        monkeypatch.setitem(CHECKS, name, lambda name=name: (stands[name], {}))
    return stands


@pytest.fixture
def served(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The application answers at the address that the check rings at."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(app.config["SETTINGS"], "port", server.server_port)
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def number_id(db: SQLAlchemy, e164: str = MITTE) -> str:
    with unscoped():
        return db.session.scalars(select(PhoneNumber.id).where(PhoneNumber.e164 == e164)).one()


def check(db: SQLAlchemy, salon: Salon, *, drains: bool = True, hears: bool = True, travels: bool = True) -> LineCheck:
    """A check as page and worker do it; what the live socket says is said here."""
    number = number_id(db)
    with company_scope(salon.company_id):
        with transaction():
            begun = runner.start_check(number, channel="page").id
        call = jobs.synthetic_call.prepare_call(begun) if travels else None
        if call:
            jobs.send_line_check(call)
        while drains and drain_batch(10):
            pass
        if hears:
            with transaction():
                runner.record_received(begun, now())
        jobs.advance_line_check(begun)
        return db.session.scalars(select(LineCheck).where(LineCheck.id == begun)).one()


def steps(found: LineCheck) -> list[tuple[str, str]]:
    return [(step["name"], step["status"]) for step in found.steps]


def problems(found: LineCheck) -> dict[str, str]:
    return {step["name"]: step["problem"] for step in found.steps if step["status"] == "failed"}


@contextmanager
def later(db: SQLAlchemy, salon: Salon, found: LineCheck, seconds: int) -> Iterator[LineCheck]:
    """The check as it is looked at so many seconds later."""
    with time_machine.travel(now() + timedelta(seconds=seconds), tick=True), company_scope(salon.company_id):
        with transaction():
            runner.poll_check(found.id)
        yield db.session.scalars(select(LineCheck).where(LineCheck.id == found.id)).one()


def test_a_call_that_gets_through_is_green_from_number_to_dashboard(db: SQLAlchemy, salon: Salon, served: None) -> None:
    found = check(db, salon)
    assert (found.result, steps(found)) == ("ok", GREEN), found.steps
    assert all(step["ms"] is not None for step in found.steps)
    with company_scope(salon.company_id):
        call = db.session.scalars(select(Call)).one()
    assert (call.id, call.is_test, call.status, call.customer_id, call.outcome) == (found.call_id, True, "ended", None, "hung_up")
    assert found.finished_at is not None


def test_the_company_s_own_connection_signs_where_there_is_one(db: SQLAlchemy, salon: Salon, served: None) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="retell", api_key="key_of_the_salon"))
    assert check(db, salon).result == "ok"
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Call.connection_id)).one() is not None


@pytest.mark.parametrize(
    ("model", "values", "step", "problem"),
    [
        (PhoneNumber, {"is_active": False}, "number", "number_off"),
        (Company, {"is_active": False}, "number", "company_off"),
        (Branch, {"is_active": False}, "branch", "branch_off"),
    ],
)
def test_what_stops_a_call_stops_the_check(
    db: SQLAlchemy, salon: Salon, model: Any, values: dict[str, Any], step: str, problem: str
) -> None:
    with unscoped(), transaction():
        db.session.execute(update(model).values(**values))
    found = check(db, salon, drains=False, hears=False)
    assert problems(found) == {step: problem} and found.result == "failed"
    assert {status for name, status in steps(found) if name not in ("number", "branch")} == {"skipped"}
    with unscoped():
        assert db.session.scalar(select(func.count()).select_from(Call)) == 0


def test_a_number_without_an_agent_is_red_and_the_call_still_gets_through(db: SQLAlchemy, salon: Salon, served: None) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.execute(update(PhoneNumber).values(agent_id=None))
    found = check(db, salon)
    assert problems(found) == {"agent": "no_agent"} and found.result == "failed"


def test_what_is_registered_differently_at_the_provider_is_red(db: SQLAlchemy, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "get_status", lambda agent: AgentStatus(agent.id, agent.name, "wrong"))
    assert problems(check(db, salon, travels=False, drains=False, hears=False)) == {"agent": "not_registered"}


@pytest.mark.parametrize("reason", ["mismatch", "expired", "unsigned", "unknown_connection"])
def test_webhooks_that_were_refused_are_a_finding_of_the_check_and_the_call_still_gets_through(
    app: Flask, db: SQLAlchemy, salon: Salon, served: None, reason: str
) -> None:
    other = make_salon_with_numbers("other", numbers=("+498999998200", "+498999998201"))
    RejectedWebhookFactory(company_id=salon.company_id, to_number=MITTE, reason=reason, rejection_count=3, address="192.0.2.7")
    RejectedWebhookFactory(company_id=other.company_id, to_number="+498999998200", rejection_count=90)
    db.session.commit()
    found = check(db, salon)
    assert problems(found) == {"signatures": f"rejected_{reason}"} and found.result == "failed"
    assert {status for name, status in steps(found) if name != "signatures"} == {"ok"}
    with unscoped():
        owner = signed_in(app, make_user(db.session.get(Company, salon.company_id)))
        stranger = signed_in(app, make_user(db.session.get(Company, other.company_id)))
        support = signed_in(app, make_user(None, "support"))
    page = owner.get(f"/settings/line/checks/{found.id}").text
    assert "3 Webhooks zu dieser Nummer" in page
    assert "192.0.2.7" not in page and "/admin/" not in page
    assert f'href="/admin/webhooks?status=rejected&amp;number=%2B{MITTE[1:]}"' in support.get(f"/admin/line/checks/{found.id}").text
    assert stranger.get(f"/settings/line/checks/{found.id}").status_code == 404


def test_webhooks_that_were_refused_before_the_last_accepted_one_are_told_and_no_fault(
    app: Flask, db: SQLAlchemy, salon: Salon, served: None, client: FlaskClient
) -> None:
    RejectedWebhookFactory(company_id=salon.company_id, to_number=MITTE, rejection_count=2, last_at=now() - timedelta(minutes=5))
    db.session.commit()
    send(client, call_body("call_started", "call_real", start_timestamp=int(now().timestamp() * 1000)))
    found = check(db, salon)
    assert found.result == "ok"
    with app.test_request_context():
        assert describe_step(found.steps[4]) == "2 abgewiesen, danach wieder angenommen"


def test_a_missing_secret_is_named(db: SQLAlchemy, salon: Salon, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "retell_api_key", "")
    found = check(db, salon, drains=False, hears=False)
    assert problems(found) == {"ringing": "secret_missing", "webhook": "secret_missing"}


def test_two_processes_with_two_keys_are_found_out(
    db: SQLAlchemy, salon: Salon, served: None, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    real = jobs.synthetic_call.prepare_call
    monkeypatch.setattr(jobs.synthetic_call, "prepare_call", lambda check_id: _with_key(real(check_id), "another_key"))
    assert problems(check(db, salon, hears=False))["webhook"] == "signature_refused"


def _with_key(errand: Any, key: str) -> Any:
    from dataclasses import replace

    return replace(errand, key=key)


def test_nobody_at_the_door_is_found_out(db: SQLAlchemy, salon: Salon, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "port", 9)
    assert problems(check(db, salon, hears=False)) == {"ringing": "door_unreachable", "webhook": "door_unreachable"}


@pytest.mark.parametrize(("away", "problem"), [("workers", "worker_not_running"), ("clock", "clock_not_running"), (None, "too_slow")])
def test_what_is_not_worked_through_ends_red_in_its_time(
    db: SQLAlchemy, salon: Salon, served: None, everything_runs: dict[str, str], away: str | None, problem: str
) -> None:
    found = check(db, salon, drains=False, hears=False)
    assert found.is_running
    if away:
        everything_runs[away] = "failed"
    with later(db, salon, found, 14) as ended:
        assert problems(ended) == {"drained": problem} and ended.result == "failed"


def test_a_job_that_nobody_takes_ends_red_in_its_time(db: SQLAlchemy, salon: Salon, everything_runs: dict[str, str]) -> None:
    found = check(db, salon, travels=False, drains=False, hears=False)
    everything_runs["workers"] = "failed"
    with later(db, salon, found, 16) as ended:
        assert problems(ended)["ringing"] == "worker_not_running"
    with later(db, salon, found, 40) as ended:
        assert ended.result == "failed"


def test_redis_away_is_named_first(db: SQLAlchemy, salon: Salon, served: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHECKS, "redis", lambda: ("failed", {}))
    found = check(db, salon, hears=False)
    with later(db, salon, found, 10) as ended:
        assert problems(ended) == {"dashboard": "redis_away"}


# simple_websocket leaves a socket that did not connect to the garbage collector
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_an_untrusted_certificate_of_the_public_address_is_told_and_gone_round(
    app: Flask, db: SQLAlchemy, salon: Salon, served: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with untrusted_server(app, tmp_path) as public:
        monkeypatch.setattr(app.config["SETTINGS"], "public_url", public)
        found = check(db, salon)
        told = {step["name"]: step.get("data") or {} for step in found.steps}
        assert told["ringing"]["instead_of"] == public and told["ringing"]["certificate"] is True
        with app.test_request_context():
            assert f"dem Zertifikat von {public} ist von hier aus nicht zu trauen" in describe_step(found.steps[5])
        unheard = check(db, salon, hears=False)
        socket, data = jobs._connect((public, "http://127.0.0.1:9"), "token")
        assert socket is None
        with company_scope(salon.company_id), transaction():
            runner.record_listening(unheard.id, data)
        with later(db, salon, unheard, 10) as ended:
            assert problems(ended) == {"dashboard": "certificate_refused"}
            assert ended.steps[11]["data"]["url"] == public


def test_in_production_the_live_board_is_asked_at_the_process_of_its_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.config["SETTINGS"]
    assert settings.own_live_base == settings.own_base
    monkeypatch.setattr(settings, "app_env", "production")
    assert settings.own_live_base == "http://127.0.0.1:8100"


def test_a_dashboard_that_hears_nothing_is_red(db: SQLAlchemy, salon: Salon, served: None) -> None:
    found = check(db, salon, hears=False)
    with later(db, salon, found, 10) as ended:
        assert problems(ended) == {"dashboard": "sockets_unreachable"}


def test_a_clock_that_does_not_run_is_red_and_the_rest_green(
    db: SQLAlchemy, salon: Salon, served: None, everything_runs: dict[str, str]
) -> None:
    everything_runs["clock"] = "failed"
    assert problems(check(db, salon)) == {"clock": "clock_not_running"}


def test_a_check_that_everybody_forgot_is_ended_by_the_clock(db: SQLAlchemy, salon: Salon) -> None:
    found = check(db, salon, travels=False, drains=False, hears=False)
    with time_machine.travel(now() + timedelta(seconds=70), tick=True):
        assert jobs.end_overdue_checks() == 1
    with company_scope(salon.company_id):
        assert db.session.scalars(select(LineCheck.result).execution_options(populate_existing=True)).one() == "failed"
    assert found.id


PROBLEMS = [
    "company_off",
    "number_off",
    "number_later",
    "number_unknown",
    "number_cached",
    "branch_off",
    "no_agent",
    "agent_off",
    "secret_missing",
    "webhook_closed",
    "signature_refused",
    "door_unreachable",
    "door_refused",
    "not_welcomed",
    "worker_not_running",
    "clock_not_running",
    "redis_away",
    "sockets_unreachable",
    "certificate_refused",
    "not_registered",
    "rejected_mismatch",
    "rejected_expired",
    "rejected_unsigned",
    "rejected_unreadable",
    "rejected_unknown_connection",
    "rejected_no_secret",
    "event_dead",
    "event_unassigned",
    "event_ignored",
    "wrong_branch",
]


def test_every_red_step_has_a_repair_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        repairs = {problem: get_repair({"problem": problem, "data": {"reason": problem}}, MITTE) for problem in (*PROBLEMS, "too_slow")}
    assert all(repair.wrong and repair.mend for repair in repairs.values())
    assert [name for name in PROBLEMS if repairs[name].wrong == repairs["too_slow"].wrong] == []


def test_two_at_once_are_one(db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id):
        number = number_id(db)
        with transaction():
            first = runner.start_check(number, channel="page").id
        with transaction():
            assert runner.start_check(number, channel="support").id == first


def test_whoever_writes_the_mark_into_a_real_call_hides_nothing(db: SQLAlchemy, salon: Salon, client: FlaskClient) -> None:
    with company_scope(salon.company_id), transaction():
        running = runner.start_check(number_id(db), channel="page").id
    for name, mark in (("call_1", True), ("call_2", running), ("call_3", "x")):
        send(client, call_body("call_started", name, metadata={"line_check": mark}))
    while drain_batch(10):
        pass
    with company_scope(salon.company_id):
        assert list(db.session.scalars(select(Call.is_test))) == [False] * 3


def test_a_check_changes_no_list_no_figure_and_no_page(app: Flask, db: SQLAlchemy, salon: Salon, served: None, client: FlaskClient) -> None:
    """Every page, every list of the API and every table, before and after: a new one is covered by being there."""
    send(client, call_body("call_started", "call_real", start_timestamp=int(now().timestamp() * 1000)))
    while drain_batch(10):
        pass
    with unscoped():
        company = db.session.get(Company, salon.company_id)
        with transaction():
            _row, key = create_key(company, "Walk", list(SCOPES))
    owner = signed_in(app, make_user(company))
    moment = now()
    before, rows = _pages(app, owner, key, moment), _rows(db)
    found = check(db, salon)
    assert found.result == "ok"
    after, rows_after = _pages(app, owner, key, moment), _rows(db)
    assert {name for name in rows if rows[name] != rows_after[name]} <= ITS_OWN
    assert {address for address in before if before[address] != after[address]} == set()
    assert all(found.call_id not in text and found.provider_call_id not in text for text in after.values())
    with company_scope(salon.company_id):
        names = db.session.scalars(select(LiveEvent.name).where(LiveEvent.call_id == found.call_id))
        assert list(names) == ["line_check.arrived"]
        assert db.session.scalar(select(func.sum(CallHour.calls))) == 1
        assert [db.session.scalar(select(func.count()).select_from(model)) for model in (StaffTask, Customer)] == [0, 4]
    assert gauges.count_running_calls() == 1


def _pages(app: Flask, owner: FlaskClient, key: str, moment: Any) -> dict[str, str]:
    """What every page and list without ids in its address says at that moment, but for the line's own."""
    told = {}
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        if guard is None or guard.kind not in ("company", "user", "key") or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        if rule.endpoint.startswith("line."):
            continue
        headers = {"Authorization": f"Bearer {key}"} if guard.kind == "key" else {}
        query = "?q=anonymous" if rule.rule in ("/calls", "/api/v1/calls") else ""
        for address in {rule.rule, rule.rule + query}:
            with time_machine.travel(moment, tick=False):
                answer = owner.get(address, headers=headers)
            if answer.status_code == 200:
                told[address] = _plain(answer.text)
    assert len(told) > 15
    return told


def _plain(text: str) -> str:
    """Without what is another one each time: tokens, nonces, and the number of the newest live event."""
    text = re.sub(r'(csrf[_-]token" (?:value|content)=")[^"]+', r"\1", text)
    return re.sub(r'("seq": ?|data-seq=")\d+|nonce="[^"]+"|"request_id": ?"[^"]+"', r"\1", text)


def _rows(db: SQLAlchemy) -> dict[str, int]:
    with unscoped():
        return {
            mapper.class_.__tablename__: db.session.scalar(select(func.count()).select_from(mapper.class_)) or 0
            for mapper in db.Model.registry.mappers
        }


def test_a_company_checks_its_own_numbers_only(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    other = make_salon_with_numbers("other", numbers=("+498999998200", "+498999998201"))
    with unscoped():
        company = db.session.get(Company, other.company_id)
    client = signed_in(app, make_user(company))
    token = token_of(client)
    assert client.post(f"/settings/line/{number_id(db)}/check", data={"csrf_token": token}).status_code == 404
    found = check(db, salon, travels=False, drains=False, hears=False)
    for address in (f"/settings/line/checks/{found.id}", f"/settings/line/checks/{found.id}/steps"):
        assert client.get(address).status_code == 404
    assert MITTE not in client.get("/settings/line", query_string={"number_id": number_id(db)}).text


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("front_desk", 403), ("staff", 403)])
def test_who_may_check(app: Flask, db: SQLAlchemy, salon: Salon, role: str, status: int) -> None:
    with unscoped():
        company = db.session.get(Company, salon.company_id)
    assert signed_in(app, make_user(company, role)).get("/settings/line").status_code == status


def test_the_page_shows_what_is_red_and_what_repairs_it(app: Flask, db: SQLAlchemy, salon: Salon, served: None) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.execute(update(PhoneNumber).values(agent_id=None))
    found = check(db, salon)
    with unscoped():
        owner, support = signed_in(app, make_user(db.session.get(Company, salon.company_id))), signed_in(app, make_user(None, "support"))
    for client, address in ((owner, "/settings/line/checks/"), (support, "/admin/line/checks/")):
        page = client.get(address + found.id).text
        assert "Es hängt an einer Stelle: Assistentin" in page and "keine Assistentin" in page
        assert "data-poll-url" not in page


def test_the_button_sends_the_check_on_its_way(app: Flask, db: SQLAlchemy, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(jobs.start_line_check, "_send", lambda _company, args: sent.append(args[0]))
    with unscoped():
        company = db.session.get(Company, salon.company_id)
        number = number_id(db)
    for user, page, address in (
        (make_user(company), "/settings/line", f"/settings/line/{number}/check"),
        (make_user(None, "support"), f"/admin/line?number={MITTE}", f"/admin/line/{number}/check"),
    ):
        client = signed_in(app, user)
        answer = client.post(address, data={"csrf_token": csrf_token(client, page.replace("+", "%2B"))})
        assert answer.status_code == 302 and sent[-1] in answer.location
        steps_page = client.get(answer.location + "/steps")
        assert "data-poll-url" in steps_page.text and steps_page.status_code == 200
    assert len(set(sent)) == 1
    with unscoped():
        assert db.session.scalar(select(func.count()).select_from(User)) == 2
