"""flask simulate call: against a server on a real port, with its exit code."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from werkzeug import Response
from werkzeug.serving import make_server

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.inbox.processor import drain_batch
from app.domain.operations import onboarding
from app.domain.operations.branches import BranchDetails, create_branch
from app.domain.services.catalogue_editor import FIELDS, save_service, save_staff_member
from app.models import Booking, Call, CallHour, PhoneNumber, WebhookEvent
from tests.support.demo_company import make_demo_salon
from tests.support.retell_webhooks import PANKOW
from tests.support.untrusted_server import untrusted_server

SERVICE = {
    "name": "Massage", "minutes": 30, "before_minutes": 0, "after_minutes": 0, "processing_from": 0, "processing_minutes": 0,
    "capacity": 1, "is_active": True, "room_kinds": [], "max_gap_minutes": 0,
}  # fmt: skip


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free port, in threads."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def worked_through(app: Flask) -> Iterator[None]:
    """Somebody works the inbox through meanwhile."""
    over = threading.Event()

    def work() -> None:
        with app.app_context():
            while not over.is_set():
                if not drain_batch(50):
                    over.wait(0.05)
            the_db.session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def accept_events(http: HTTPServer) -> None:
    """A server that takes every event and has no door for the ringing phone and for functions."""
    http.expect_request("/api/retell/webhook").respond_with_response(Response(status=204))
    for door in ("inbound", "function"):
        http.expect_request(f"/api/retell/{door}").respond_with_response(Response(status=404))


@pytest.fixture
def simulate(app: Flask) -> Callable[..., Result]:
    with app.app_context():
        make_demo_salon()
        the_db.session.remove()

    def call(*arguments: Any) -> Result:
        return app.test_cli_runner().invoke(args=["simulate", "call", *map(str, arguments)])

    return call


def test_the_scenarios_are_named(simulate):
    result = simulate("--list")
    assert result.exit_code == 0
    for name in ("booked", "unknown_number", "replayed", "garbage"):
        assert name in result.output


def test_one_call_is_told_line_by_line_and_found_again(app: Flask, simulate):
    with served(app) as url, worked_through(app):
        result = simulate("--url", url, "--pace", 0)
    assert result.exit_code == 0, result.output
    for said in ("call_started", "call_analyzed", "hier ist Lena", "check_availability", "1 of 1", "ended, booked"):
        assert said in result.output


def test_the_dialled_number_may_be_typed_as_people_do(app: Flask, simulate):
    with served(app) as url, worked_through(app):
        result = simulate("--url", url, "--to", "030 23125-101", "--pace", 0)
    assert result.exit_code == 0 and PANKOW in result.output and "Berlin-Pankow" in result.output


def test_many_callers_at_once_are_all_found_again(app: Flask, simulate):
    names = [part for name in ("booked", "information only", "unknown number", "forged signature") for part in ("--scenario", name)]
    with served(app) as url, worked_through(app):
        result = simulate("--url", url, *names, "--count", 12, "--rate", 50)
    assert result.exit_code == 0, result.output
    for said in ("9 of 9", "3 ended, booked", "3 ended, information", "3 unassigned"):
        assert said in result.output


def test_a_call_that_is_accepted_and_never_found_is_a_failure(app: Flask, simulate):
    with served(app) as url:
        result = simulate("--url", url, "--scenario", "hung_up", "--pace", 0, "--wait", 0.2)
    assert result.exit_code == 1
    assert "accepted, but not found again" in result.output and "0 of 1" in result.output


def test_a_server_that_takes_forgeries_is_a_failure(simulate, http: HTTPServer):
    accept_events(http)
    result = simulate("--url", http.url_for(""), "--scenario", "forged", "--pace", 0)
    assert result.exit_code == 1 and "was answered 204" in result.output


def test_calls_are_found_through_the_api_with_a_key(simulate, http: HTTPServer):
    asked = []

    def answer(request):
        asked.append(request.headers["Authorization"])
        item = {"provider_call_id": request.args["q"], "status": "ended", "outcome": "booked"}
        return Response(json.dumps({"items": [item], "total": 1}), mimetype="application/json")

    accept_events(http)
    http.expect_request("/api/v1/calls").respond_with_handler(answer)
    result = simulate("--url", http.url_for(""), "--count", 3, "--api-key", "key_of_the_salon")
    assert result.exit_code == 0, result.output
    assert "3 of 3" in result.output and asked == ["Bearer key_of_the_salon"] * 3


def test_a_key_that_opens_nothing_is_said_in_a_sentence(simulate, http: HTTPServer):
    accept_events(http)
    http.expect_request("/api/v1/calls").respond_with_response(Response(status=401))
    result = simulate("--url", http.url_for(""), "--count", 2, "--api-key", "key_of_nobody")
    assert result.exit_code == 1 and "cannot be looked up: GET /api/v1/calls answered 401." in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--scenario", "teleported"], "is not one of"), (["--url", "http://127.0.0.1:9"], "No server answers"), (["--count", "0"], "0")],
)
def test_what_cannot_be_done_is_said_in_a_sentence(simulate, monkeypatch, arguments, said):
    monkeypatch.setattr("app.simulator.webhook_sender.SimulatedRetell.is_answered.__kwdefaults__", {"within_s": 0.1})
    result = simulate(*arguments)
    assert result.exit_code != 0 and said in result.output and "Traceback" not in result.output


def test_without_an_address_the_public_one_is_called_and_the_servers_own_where_it_does_not_answer(
    app: Flask, simulate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.simulator.webhook_sender.SimulatedRetell.is_answered.__kwdefaults__", {"within_s": 0.1})
    with served(app) as url, worked_through(app):
        monkeypatch.setattr(app.config["SETTINGS"], "port", int(url.rsplit(":", 1)[1]))
        monkeypatch.setattr(app.config["SETTINGS"], "public_url", "http://127.0.0.1:9")
        result = simulate("--scenario", "information", "--pace", 0)
    assert result.exit_code == 0 and f"http://127.0.0.1:9: nobody answers, so {url} is called." in result.output, result.output


def test_in_production_the_missing_server_is_web_of_the_procfile(make_app, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.simulator.webhook_sender.SimulatedRetell.is_answered.__kwdefaults__", {"within_s": 0.1})
    app = make_app(app_env="production", public_url="http://127.0.0.1:9", port=7, retell_api_key="k")
    result = app.test_cli_runner().invoke(args=["simulate", "call"])
    assert result.exit_code == 1 and "No server answers at http://127.0.0.1:9 or http://127.0.0.1:7" in result.output, result.output
    assert "start `web` of the Procfile" in result.output and "scripts/server" not in result.output


def test_a_certificate_that_is_not_trusted_is_named(app: Flask, simulate, tmp_path: Path):
    with untrusted_server(app, tmp_path) as url:
        result = simulate("--url", url)
    assert result.exit_code == 1 and "its certificate is not trusted here" in result.output, result.output


def test_without_a_key_nothing_is_sent(make_app):
    result = make_app(retell_api_key="").test_cli_runner().invoke(args=["simulate", "call", "--url", "http://127.0.0.1:9"])
    assert result.exit_code == 1 and "RETELL_API_KEY is not set" in result.output


@pytest.fixture
def sunshine(app: Flask) -> str:
    """A business that began just now, without services; its number."""
    with app.app_context(), unscoped(), transaction():
        company, _agent = onboarding.create_company("Praxis Sonne", "physiotherapy")
        branch = create_branch(company, "Potsdam", BranchDetails())
        return onboarding.add_number(company, branch.id, "+493312009900")[0].e164


def test_a_new_business_is_called_with_its_own_words(app: Flask, simulate, sunshine: str):
    with served(app) as url, worked_through(app):
        result = simulate("--url", url, "--to", sunshine, "--scenario", "information", "--pace", 0)
    assert result.exit_code == 0, result.output
    assert "Praxis Sonne" in result.output and "Salon Lindgren" not in result.output and "ended, information" in result.output


def test_what_a_new_business_cannot_book_is_said_before_anybody_calls(app: Flask, simulate, sunshine: str):
    with served(app) as url:
        result = simulate("--url", url, "--to", sunshine, "--pace", 0)
    assert result.exit_code == 1
    assert "Praxis Sonne has nothing that could be booked" in result.output and "--scenario information" in result.output
    with app.app_context(), unscoped():
        assert the_db.session.scalars(select(WebhookEvent.id)).all() == []


def test_a_new_business_books_what_it_offers(app: Flask, simulate, sunshine: str):
    with app.app_context(), unscoped():
        number = the_db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == sunshine)).one()
        with company_scope(number.company_id), transaction():
            service = save_service(None, {**dict.fromkeys(FIELDS), **SERVICE}, ())
            save_staff_member(
                None, name="Nele Hofmann", email=None, phone=None, is_active=True, branch_ids=[number.branch_id], service_ids=[service.id]
            )
        the_db.session.remove()
    with served(app) as url, worked_through(app):
        result = simulate("--url", url, "--to", sunshine, "--pace", 0)
    assert result.exit_code == 0, result.output
    assert "Massage" in result.output and "Nele Hofmann" in result.output and "ended, booked" in result.output
    assert "flask simulate hide --company praxis-sonne" in result.output
    with app.app_context(), unscoped():
        assert the_db.session.scalars(select(Booking.company_id)).all() == [number.company_id]
    hide = ["simulate", "hide", "--company", "praxis-sonne"]
    hidden = app.test_cli_runner().invoke(args=hide)
    assert hidden.exit_code == 0 and "1 calls hidden, 1 bookings cancelled" in hidden.output, hidden.output
    with app.app_context(), unscoped():
        assert the_db.session.scalars(select(Booking.status)).all() == ["cancelled"]
        assert the_db.session.scalars(select(Call.is_test)).all() == [True]
        assert sum(the_db.session.scalars(select(CallHour.calls))) == 0
    assert "0 calls hidden, 0 bookings cancelled, 0 tasks" in app.test_cli_runner().invoke(args=hide).output


def test_without_a_demo_town_it_asks_whom_to_call(app: Flask, db, monkeypatch: pytest.MonkeyPatch):
    with served(app) as url:
        monkeypatch.setattr(app.config["SETTINGS"], "port", int(url.rsplit(":", 1)[1]))
        result = app.test_cli_runner().invoke(args=["simulate", "call", "--pace", "0"])
    assert result.exit_code == 1 and "Say whom to call with --to NUMBER" in result.output, result.output
