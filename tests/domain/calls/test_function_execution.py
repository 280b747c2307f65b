"""Uses of functions and events of the same call: whichever comes first, there is one call, one row for a use, one booking."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.companies.phone_numbers import publish_changed
from app.domain.inbox.processor import drain_batch
from app.models import PhoneNumber
from tests.factories.salon import Salon
from tests.support.agent_call import KEY, MONDAY, SVEA, AgentCall, get_bookings, get_call, get_tool_calls, make_salon_with_numbers

WISH = {"service": "Haarschnitt", "date": "2026-05-06", "time": "10:00", "name": "Svea Thomsen"}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon_with_numbers()


@pytest.fixture
def agent_call(salon: Salon, client: FlaskClient) -> AgentCall:
    return AgentCall(client)


def tell(agent_call: AgentCall, event: str, *items: dict[str, Any], **fields: Any) -> None:
    """Retell tells of the call, and the worker works it through."""
    call = agent_call.call_object("none", {}) | {"transcript_with_tool_calls": list(items), "transcript_object": []} | fields
    raw = json.dumps({"event": event, "call": call}).encode()
    headers = {"X-Retell-Signature": sign_retell(raw, KEY, to_ms(now()))}
    assert agent_call.client.post("/api/retell/webhook", data=raw, headers=headers).status_code == 204
    with agent_call.client.application.app_context():
        while drain_batch(50):
            pass


def invoked(tool_call_id: str, function: str, /, **arguments: Any) -> dict[str, Any]:
    return {"role": "tool_call_invocation", "tool_call_id": tool_call_id, "name": function, "arguments": json.dumps(arguments)}


def answered(tool_call_id: str, told: dict[str, Any]) -> dict[str, Any]:
    return {"role": "tool_call_result", "tool_call_id": tool_call_id, "content": json.dumps(told), "successful": True}


def spoken(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text, "words": []}


@pytest.mark.parametrize("with_ids", [True, False])
def test_a_use_that_is_told_of_later_stays_one(agent_call: AgentCall, salon: Salon, with_ids: bool) -> None:
    agent_call.with_ids = with_ids
    told = agent_call.use("check_availability", service="Haarschnitt", date="Mittwoch")
    tell(agent_call, "call_started")
    items = [
        spoken("Ich hätte gern einen Termin."),
        invoked("tool_1", "check_availability", date="Mittwoch", service="Haarschnitt"),
        answered("tool_1", told),
    ]
    for _ in range(2):
        tell(agent_call, "transcript_updated", *items, spoken("Danke."))
    (tool,) = get_tool_calls(salon)
    assert (tool.tool_call_id, tool.after_turn, tool.ok, tool.result) == ("tool_1", 0 if not with_ids else -1, True, told)
    assert tool.duration_ms is not None


def test_a_use_that_was_told_of_before_is_finished_by_its_answer(agent_call: AgentCall, salon: Salon) -> None:
    tell(agent_call, "call_started")
    tell(agent_call, "transcript_updated", spoken("Guten Tag."), invoked("tool_1", "list_services", query="Haare"))
    (running,) = get_tool_calls(salon)
    assert running.finished_at is None
    told = agent_call.use("list_services", query="Haare")
    (tool,) = get_tool_calls(salon)
    assert (tool.tool_call_id, tool.result, tool.after_turn) == ("tool_1", told, 0) and tool.finished_at


def test_without_ids_two_uses_of_the_same_kind_are_told_apart_by_what_they_asked(agent_call: AgentCall, salon: Salon) -> None:
    agent_call.with_ids = False
    first = agent_call.use("parse_date", text="morgen")
    second = agent_call.use("parse_date", text="übermorgen")
    tell(agent_call, "call_started")
    items = (
        invoked("b", "parse_date", text="übermorgen"),
        answered("b", second),
        invoked("a", "parse_date", text="morgen"),
        answered("a", first),
    )
    tell(agent_call, "transcript_updated", spoken("Morgen."), *items)
    assert [(tool.tool_call_id, tool.arguments["text"]) for tool in get_tool_calls(salon)] == [("a", "morgen"), ("b", "übermorgen")]


def test_one_use_told_of_twice_is_two(agent_call: AgentCall, salon: Salon) -> None:
    """The agent asked again, and was answered the same."""
    agent_call.with_ids = False
    told = agent_call.use("parse_date", text="morgen")
    assert agent_call.use("parse_date", text="morgen") == told
    tell(agent_call, "call_started")
    uses = [item for key in "ab" for item in (invoked(key, "parse_date", text="morgen"), answered(key, told))]
    tell(agent_call, "transcript_updated", spoken("Morgen."), *uses)
    assert [tool.tool_call_id for tool in get_tool_calls(salon)] == ["a", "b"]


def test_a_call_made_by_a_use_is_the_one_that_its_events_move(agent_call: AgentCall, salon: Salon) -> None:
    agent_call.use("get_context")
    made = get_call(salon)
    tell(agent_call, "call_started")
    tell(agent_call, "call_ended", spoken("Danke."), disconnection_reason="user_hangup", duration_ms=60_000)
    call = get_call(salon)
    assert (call.id, call.status, call.from_number) == (made.id, "ended", SVEA)


def test_what_was_booked_in_the_call_is_not_booked_again_by_its_analysis(agent_call: AgentCall, salon: Salon) -> None:
    tell(agent_call, "call_started")
    told = agent_call.use("book_appointment", **WISH)
    items = [spoken("Am Mittwoch um zehn."), invoked("tool_1", "book_appointment", **WISH), answered("tool_1", told)]
    tell(agent_call, "call_ended", *items, disconnection_reason="user_hangup", duration_ms=60_000)
    analysis = {
        "custom_analysis_data": {
            "termin_gebucht": True,
            "leistung": "Haarschnitt",
            "datum": "06.05.2026",
            "uhrzeit": "10 Uhr",
            "name": "Svea Thomsen",
        }
    }
    tell(agent_call, "call_analyzed", *items, disconnection_reason="user_hangup", call_analysis=analysis)
    (booking,) = get_bookings(salon)
    assert (booking.id, booking.call_id, get_call(salon).outcome) == (told["data"]["booking_id"], get_call(salon).id, "booked")


def test_a_use_after_the_call_is_over_is_answered_and_moves_nothing(agent_call: AgentCall, salon: Salon) -> None:
    tell(agent_call, "call_ended", disconnection_reason="user_hangup", duration_ms=60_000)
    assert agent_call.use("get_context")["ok"]
    assert get_call(salon).status == "ended"


def test_a_known_call_keeps_its_company_when_its_number_is_switched_off(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    agent_call.use("get_context")
    with company_scope(salon.company_id), transaction():
        for number in db.session.scalars(select(PhoneNumber)):
            number.is_active = False
            publish_changed(number)
    assert agent_call.use("list_services")["ok"]
    assert [tool.name for tool in get_tool_calls(salon)] == ["get_context", "list_services"]
    agent_call.call_id = "call_2"
    assert agent_call.use("list_services")["code"] == "trouble"


def test_a_number_that_was_only_said_makes_nobody_the_caller(agent_call: AgentCall, salon: Salon) -> None:
    """Whoever books for Svea from a hidden number is not Svea, hears nothing of hers, and adds nothing to her record."""
    agent_call.from_number = None
    booked = agent_call.use("book_appointment", **WISH, phone="0171 3920050")
    (booking,) = get_bookings(salon)
    assert booking.id == booked["data"]["booking_id"] and booking.customer_id is not None
    assert get_call(salon).customer_id is None
    assert agent_call.use("check_customer")["data"] == {"known": False, "certainty": "none", "rights": ["book"]}
    other = AgentCall(agent_call.client, call_id="call_2")
    assert other.use("query_appointments")["code"] == "not_verified"
    assert (booking.contact_phone, get_call(salon, "call_2").customer_id != booking.customer_id) == ("+491713920050", True)
