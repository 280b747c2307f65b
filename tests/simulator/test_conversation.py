"""Live calls: what the server answers is what is said next, and a simulated caller books a real free time once."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from werkzeug import Request, Response
from werkzeug.serving import make_server

from app.core.tenancy import unscoped
from app.demo.companies import BLOCKED_CALLER
from app.domain.inbox.processor import drain_batch
from app.models import BlockedCaller, Booking, Call, Company, Customer, StaffTask, ToolCall
from app.simulator.callers import create_caller, find_business_at
from app.simulator.load import CallPlan, SimulatedCallResult, plan_calls, run
from app.simulator.scenarios import SCENARIOS, Scenario
from app.simulator.webhook_sender import SimulatedRetell
from tests.support.demo_company import make_demo_salon
from tests.support.retell_webhooks import KEY


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def ring_up(app: Flask, db: SQLAlchemy) -> Callable[..., list[SimulatedCallResult]]:
    """Simulated calls against the application on a real port; the inbox is worked through afterwards."""
    make_demo_salon()

    def ring(name: str, count: int = 1) -> list[SimulatedCallResult]:
        here = replace(SCENARIOS[name], number=SCENARIOS["booked"].number)
        with served(app) as url:
            called = run(plan_different_callers(here, count), SimulatedRetell(url, KEY, connections=8))
        db.session.rollback()
        while drain_batch(100):
            pass
        db.session.rollback()
        db.session.expire_all()
        return called

    return ring


def plan_different_callers(scenario: Scenario, count: int) -> list[CallPlan]:
    """Each call from somebody else: whoever books one time twice is rightly asked whether a second appointment is meant."""
    company, _branch = find_business_at(scenario.number)
    plans = plan_calls([scenario], 40 * count)
    by_caller = {create_caller(company, Random(plan.call_id)): plan for plan in plans}
    return list(by_caller.values())[:count]


def rows(db: SQLAlchemy, model: type) -> list[Any]:
    with unscoped():
        return list(db.session.scalars(select(model).order_by(model.created_at)))


def test_a_caller_books_a_time_that_is_free_and_the_analysis_books_no_other(
    ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy
) -> None:
    (called,) = ring_up("booked")
    assert all(answer.as_expected for answer in called.answers)
    (booking,), (call,) = rows(db, Booking), rows(db, Call)
    assert (booking.call_id, booking.source, booking.status) == (call.id, "call", "confirmed")
    assert (call.status, call.outcome, call.customer_id) == ("ended", "booked", booking.customer_id)
    tools = rows(db, ToolCall)
    assert [(tool.name, tool.ok) for tool in tools] == [("check_availability", True), ("book_appointment", True)]
    assert tools[1].result["data"]["booking_id"] == booking.id and all(tool.duration_ms is not None for tool in tools)


def test_the_ringing_phones_answer_goes_along_with_the_call(ring_up: Callable[..., list[SimulatedCallResult]]) -> None:
    (called,) = ring_up("information")
    ringing, *others = called.answers
    reference = json.loads(ringing.body)["call_inbound"]["metadata"]["reference"]
    started = json.loads(next(answer.delivery.body for answer in others if answer.delivery.event == "call_started"))
    assert started["call"]["metadata"]["reference"] == reference
    assert started["call"]["retell_llm_dynamic_variables"]["company"] == "Salon Lindgren"


def test_many_callers_at_once_never_share_a_time(ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy) -> None:
    called = ring_up("booked", 12)
    assert all(answer.as_expected for each in called for answer in each.answers)
    bookings = rows(db, Booking)
    assert len(bookings) == len({(booking.staff_id, booking.starts_at) for booking in bookings}) == 12
    assert {call.outcome for call in rows(db, Call)} == {"booked"}


def test_an_english_caller_is_answered_in_english(ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy) -> None:
    ring_up("english")
    assert "is booked." in rows(db, ToolCall)[-1].result["say"]
    assert rows(db, Call)[0].outcome == "booked"


def test_a_caller_is_put_through_to_the_number_of_the_branch(ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy) -> None:
    ring_up("transferred")
    (call,) = rows(db, Call)
    assert (call.outcome, call.transfer_destination) == ("transferred", "+493023125177")


def test_a_caller_in_need_hears_the_number_and_is_put_through(ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy) -> None:
    ring_up("emergency")
    (call,), (tool,) = rows(db, Call), rows(db, ToolCall)
    assert (call.outcome, call.transfer_destination) == ("emergency", "+493023125177")
    assert (tool.result["code"], tool.result["data"]["numbers"]) == ("emergency", ["112"])
    assert [task.kind for task in rows(db, StaffTask)] == ["emergency"]


def test_who_has_no_appointment_cannot_cancel_one(ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy) -> None:
    """The agent says so, and the front desk finds a note."""
    ring_up("cancelled")
    tools = [(tool.name, tool.ok, tool.result.get("code")) for tool in rows(db, ToolCall)]
    assert tools == [("identify_customer", True, None), ("query_appointments", False, "not_verified")]
    assert rows(db, Call)[0].outcome == "not_verified" and [task.kind for task in rows(db, StaffTask)] == ["check_cancellation"]


def test_a_withheld_caller_stays_nobody(ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy) -> None:
    ring_up("withheld")
    assert rows(db, Call)[0].customer_id is None
    assert all(customer.last_call_at is None for customer in rows(db, Customer))


def test_a_refusal_with_other_times_is_taken_up(http: HTTPServer) -> None:
    """The first time is gone by the time it is booked."""
    asked: list[dict[str, Any]] = []
    slot = {"starts_at": "2026-12-03T14:30:00+01:00", "staff": "Aylin Demir", "branch": "Berlin-Mitte"}

    def function(request: Request) -> Response:
        asked.append(request.get_json())
        taken = asked[-1]["name"] == "book_appointment" and len(asked) < 4
        told = {"ok": not taken, "say": "Diese Zeit ist vergeben, frei ist es um halb drei.", "data": {"slots": [slot]} if taken else slot}
        return Response(json.dumps(told), mimetype="application/json")

    http.expect_request("/api/retell/function").respond_with_handler(function)
    http.expect_request("/api/retell/inbound").respond_with_json({"call_inbound": {}})
    http.expect_request("/api/retell/webhook").respond_with_response(Response(status=204))
    (called,) = run(plan_calls([SCENARIOS["booked"]], 1), SimulatedRetell(http.url_for(""), KEY))
    assert [use["name"] for use in asked] == ["check_availability", *["book_appointment"] * 3]
    assert [(use["args"]["date"], use["args"]["time"], use["args"]["staff"]) for use in asked[2:]] == [
        ("2026-12-03", "14:30", "Aylin Demir")
    ] * 2
    analyzed = json.loads(called.answers[-1].delivery.body)["call"]["call_analysis"]["custom_analysis_data"]
    assert (analyzed["datum"], analyzed["uhrzeit"], analyzed["termin_gebucht"]) == ("2026-12-03", "14:30", True)


def test_where_nobody_answers_functions_the_call_is_held_all_the_same(http: HTTPServer) -> None:
    for door in ("inbound", "function"):
        http.expect_request(f"/api/retell/{door}").respond_with_response(Response(status=404))
    http.expect_request("/api/retell/webhook").respond_with_response(Response(status=204))
    retell = SimulatedRetell(http.url_for(""), KEY)
    for _ in range(2):
        (called,) = run(plan_calls([SCENARIOS["booked"]], 1), retell)
        assert all(answer.as_expected for answer in called.answers)
        assert json.loads(called.answers[-1].delivery.body)["call"]["call_analysis"]["custom_analysis_data"]["termin_gebucht"] is True
    assert sum(request.path == "/api/retell/function" for request, _ in http.log) == 1


def test_a_blocked_caller_is_turned_away_while_it_rings_and_leaves_no_call(
    ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy
) -> None:
    with unscoped():
        company_id = db.session.scalars(select(Company.id)).first()
        db.session.add(BlockedCaller(company_id=company_id, number=BLOCKED_CALLER))
        db.session.commit()
    (called,) = ring_up("blocked")
    assert [answer.delivery.event for answer in called.answers] == ["call_inbound"]
    assert json.loads(called.answers[0].body) == {"call_inbound": {"reject": True}}
    assert not called.is_accepted
    assert rows(db, Call) == []


def test_whoever_is_let_in_again_has_a_call(ring_up: Callable[..., list[SimulatedCallResult]], db: SQLAlchemy) -> None:
    (called,) = ring_up("blocked")
    assert called.is_accepted
    assert [call.status for call in rows(db, Call)] == ["ended"]
