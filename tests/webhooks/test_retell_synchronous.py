"""Retell's two questions: who may ask, what is answered whatever happens, and that nothing is done twice or for somebody else."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.agents.tools import registry
from app.domain.agents.tools.registry import TOOLS
from app.models import BlockedCaller, Call, Company, Connection, LiveEvent, ToolCall
from tests.factories.salon import Salon
from tests.support.agent_call import (
    FAMILY,
    KEY,
    MITTE,
    MONDAY,
    STRANGER,
    SVEA,
    AgentCall,
    book,
    get_bookings,
    get_call,
    get_tool_calls,
    make_salon_with_numbers,
)
from tests.support.tables import each_row

WHENS = {"service": "Haarschnitt", "date": "Mittwoch", "time": "10 Uhr", "name": "Svea Thomsen"}
DEEP = b'{"name":"x","args":' + b"[" * 3000 + b"]" * 3000 + b',"call":{"call_id":"a"}}'
FIRST_WORDS = "Salon Lindgren, guten Tag. Ich bin eine KI, kein Mensch. Ich schreibe mit, solange Sie nichts dagegen haben."
OTHER_NUMBERS = ("+498999998200", "+498999998201")


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


@pytest.fixture
def ring(client: FlaskClient) -> Callable[..., Any]:
    """The phone rings; what our answer tells the agent."""

    def asked(
        caller: Any = SVEA, dialled: Any = MITTE, *, key: str = KEY, path: str = "/api/retell/inbound", raw: bytes | None = None
    ) -> Any:
        body = {"event": "call_inbound", "event_timestamp": to_ms(now()), "call_inbound": {"from_number": caller, "to_number": dialled}}
        raw = json.dumps(body).encode() if raw is None else raw
        return client.post(path, data=raw, headers={"X-Retell-Signature": sign_retell(raw, key, to_ms(now()))})

    return asked


def test_the_ringing_phone_is_told_where_when_and_who(salon: Salon, ring: Callable[..., Any]) -> None:
    book(salon, "2026-05-12T10:00", customer="Svea Thomsen")
    answer = ring()
    assert answer.status_code == 200
    told = answer.get_json()["call_inbound"]
    variables = told["dynamic_variables"]
    assert variables | {
        "company": "Salon Lindgren", "branch": "Berlin-Mitte", "language": "de", "today": "Montag, der 4. Mai 2026", "now": "10:00",
        "open_now": "yes", "hours_today": "von 9 Uhr bis 18 Uhr", "caller_known": "yes", "caller_certainty": "number",
        "caller_name": "Svea", "caller_first_name": "Svea", "several_people": "no", "caller_withheld": "no",
        "next_booking": "", "greeting": f"Guten Tag, Svea. {FIRST_WORDS}",
    } == variables  # fmt: skip
    assert all(isinstance(value, str) for value in variables.values())
    assert told["agent_override"] == {"retell_llm": {"begin_message": variables["greeting"], "start_speaker": "agent"}}
    assert told["metadata"]["branch"] == salon.branches["mitte"] and len(told["metadata"]["reference"]) == 26


def test_ringing_makes_no_call(salon: Salon, ring: Callable[..., Any], db: SQLAlchemy) -> None:
    ring()
    with unscoped():
        assert db.session.scalar(select(func.count()).select_from(Call)) == 0


@pytest.mark.parametrize("caller", ["anonymous", "Restricted", "+266696687", None, "", 7, ["x"]])
def test_a_withheld_caller_is_served_and_nobody(salon: Salon, ring: Callable[..., Any], caller: Any) -> None:
    variables = ring(caller).get_json()["call_inbound"]["dynamic_variables"]
    assert (variables["caller_known"], variables["caller_certainty"], variables["caller_name"], variables["next_booking"]) == (
        "no",
        "none",
        "",
        "",
    )


def test_a_stranger_and_a_family_are_not_greeted_by_name(salon: Salon, ring: Callable[..., Any]) -> None:
    assert ring(STRANGER).get_json()["call_inbound"]["dynamic_variables"]["caller_name"] == ""
    family = ring(FAMILY).get_json()["call_inbound"]["dynamic_variables"]
    assert (family["caller_known"], family["several_people"], family["caller_name"], family["next_booking"]) == ("no", "yes", "", "")


def test_nobody_is_greeted_by_name_where_the_house_does_not_want_it(salon: Salon, ring: Callable[..., Any], db: SQLAlchemy) -> None:
    with unscoped(), transaction():
        db.session.get(Company, salon.company_id).caller_rights = {"greet_by_name": False, "hear": "name"}
    variables = ring().get_json()["call_inbound"]["dynamic_variables"]
    assert (variables["caller_name"], variables["greeting"], variables["caller_known"]) == ("", FIRST_WORDS, "yes")


@pytest.mark.parametrize("dialled", ["+493023125199", None, "anonymous", {"a": 1}])
def test_a_number_of_nobodys_gets_an_empty_answer(salon: Salon, ring: Callable[..., Any], dialled: Any) -> None:
    answer = ring(dialled=dialled)
    assert (answer.status_code, answer.get_json()) == (200, {"call_inbound": {}})


def test_a_blocked_caller_is_rejected_and_nothing_else_is_said(salon: Salon, ring: Callable[..., Any], db: SQLAlchemy) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.add(BlockedCaller(number=STRANGER))
    assert ring(STRANGER).get_json() == {"call_inbound": {"reject": True}}
    assert "reject" not in ring(SVEA).get_json()["call_inbound"]


@each_row("raw", [b"", b"[]", b"null", b"{}", b'{"event":"call_inbound"}', b'{"call_inbound":' + b"[" * 3000 + b"]" * 3000 + b"}"])
def test_what_cannot_be_read_still_gets_a_valid_answer(salon: Salon, ring: Callable[..., Any], raw: bytes) -> None:
    answer = ring(raw=raw)
    assert (answer.status_code, answer.get_json()) == (200, {"call_inbound": {}})


def test_ringing_needs_the_right_key(salon: Salon, ring: Callable[..., Any], app: Flask) -> None:
    assert ring(key="key_of_somebody").status_code == 401
    app.config["SETTINGS"].retell_api_key, kept = "", app.config["SETTINGS"].retell_api_key
    try:
        assert ring().status_code == 503
    finally:
        app.config["SETTINGS"].retell_api_key = kept


def test_ringing_works_with_redis_away(salon: Salon, make_app: Callable[..., Flask]) -> None:
    app = make_app(redis_url="redis://127.0.0.1:1/0")
    body = {"event": "call_inbound", "call_inbound": {"from_number": SVEA, "to_number": MITTE}}
    raw = json.dumps(body).encode()
    answer = app.test_client().post("/api/retell/inbound", data=raw, headers={"X-Retell-Signature": sign_retell(raw, KEY, to_ms(now()))})
    assert answer.get_json()["call_inbound"]["dynamic_variables"]["caller_name"] == "Svea"


def test_a_company_can_be_rung_through_its_own_connection_only(salon: Salon, ring: Callable[..., Any], db: SQLAlchemy) -> None:
    other = make_salon_with_numbers("other", numbers=OTHER_NUMBERS)
    with company_scope(other.company_id), transaction():
        connection = Connection(provider="retell", api_key="key_of_the_other")
        db.session.add(connection)
        db.session.flush()
    path = f"/api/retell/inbound/{connection.id}"
    assert ring(path=path).status_code == 401
    assert ring(path=path, key="key_of_the_other").get_json() == {"call_inbound": {}}
    assert (
        ring(dialled=OTHER_NUMBERS[0], path=path, key="key_of_the_other").get_json()["call_inbound"]["metadata"]["branch"]
        == other.branches["mitte"]
    )


@pytest.mark.parametrize("forged", [{"key": "key_of_somebody"}, {"age_ms": 301_000}, {"age_ms": -301_000}])
def test_a_forged_or_replayed_use_changes_nothing(agent_call: AgentCall, salon: Salon, db: SQLAlchemy, forged: dict[str, Any]) -> None:
    agent_call.key = forged.get("key", KEY)
    assert agent_call.post("book_appointment", WHENS, age_ms=forged.get("age_ms", 0)).status_code == 401
    assert get_bookings(salon) == []
    with unscoped():
        assert db.session.scalar(select(func.count()).select_from(Call)) == 0


def test_without_a_signature_nothing_is_done(client: FlaskClient, salon: Salon) -> None:
    for headers in ({}, {"X-Retell-Signature": "v=1,d=2"}):
        assert client.post("/api/retell/function", data=b"{}", headers=headers).status_code == 401


def test_a_use_makes_the_call_that_the_worker_has_not_made_yet(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    agent_call.utterances = ["Salon Lindgren, guten Tag.", "Guten Tag, ich hätte gern einen Termin."]
    agent_call.use("get_context")
    call = get_call(salon)
    assert (call.status, call.from_number, call.to_number, call.branch_id, call.turn_count) == (
        "ongoing",
        SVEA,
        MITTE,
        salon.branches["mitte"],
        2,
    )
    with company_scope(salon.company_id):
        names = list(db.session.scalars(select(LiveEvent.name).order_by(LiveEvent.seq)))
    assert names == ["call.started", "tool.started", "tool.finished", "figures.updated"] or set(names) >= {
        "call.started",
        "tool.started",
        "tool.finished",
    }


def test_every_use_is_written_down_with_its_times(agent_call: AgentCall, salon: Salon) -> None:
    agent_call.use("check_availability", service="Haarschnitt", date="Mittwoch")
    (tool,) = get_tool_calls(salon)
    assert (tool.tool_call_id, tool.name, tool.arguments, tool.ok) == (
        "tool_1",
        "check_availability",
        {"service": "Haarschnitt", "date": "Mittwoch"},
        True,
    )
    assert tool.result["ok"] and tool.result["say"] and tool.finished_at
    assert tool.duration_ms >= tool.database_ms >= 0 and tool.provider_ms == 0


def test_the_same_use_again_is_answered_the_same_and_done_once(agent_call: AgentCall, salon: Salon) -> None:
    first = agent_call.post("book_appointment", WHENS).get_json()
    again = agent_call.post("book_appointment", WHENS, again=True).get_json()
    other_id = agent_call.post("book_appointment", WHENS).get_json()
    agent_call.with_ids = False
    without_id = agent_call.post("book_appointment", dict(reversed(WHENS.items()))).get_json()
    assert first == again == other_id == without_id
    assert len(get_bookings(salon)) == 1 and len(get_tool_calls(salon)) == 1


def test_the_same_wish_later_still_books_once(agent_call: AgentCall, salon: Salon) -> None:
    first = agent_call.use("book_appointment", **WHENS)
    agent_call.use("get_context")
    later = agent_call.use("book_appointment", **WHENS)
    assert later["data"]["booking_id"] == first["data"]["booking_id"] and len(get_bookings(salon)) == 1


def test_a_stale_answer_is_not_given_again_after_something_happened(agent_call: AgentCall, salon: Salon) -> None:
    slot = {"service": "Haarschnitt", "date": "Mittwoch", "time": "10 Uhr", "staff": "Anna"}
    assert agent_call.use("check_availability", **slot)["data"]["requested_free"]
    AgentCall(agent_call.client, call_id="call_2", from_number=STRANGER).use("book_appointment", **slot, name="Malte Brüning")
    assert agent_call.use("book_appointment", **slot, name="Svea Thomsen")["code"] == "slot_taken"
    assert not agent_call.use("check_availability", **slot)["data"]["requested_free"]


def test_repeated_at_the_same_time_it_is_done_once(salon: Salon, app: Flask) -> None:
    agent_calls = [AgentCall(app.test_client()) for _ in range(8)]

    def ask(agent_call: AgentCall) -> Any:
        agent_call.uses = 0
        return agent_call.post("book_appointment", WHENS)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, agent_calls))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_json()["data"]["booking_id"] for answer in answers}) == 1
    assert len(get_bookings(salon)) == 1 and len(get_tool_calls(salon)) == 1


def test_two_calls_that_want_the_same_last_slot(salon: Salon, app: Flask) -> None:
    book(salon, "2026-05-06T10:00", staff="ben")
    names = ["Jana Fischer", "Lukas Weber", "Mia Schulz", "Paul Becker", "Lena Hoffmann", "Max Wagner", "Emma Koch", "Finn Richter"]
    agent_calls = [AgentCall(app.test_client(), from_number=f"+4917139200{place:02}", call_id=f"call_{place}") for place in range(50, 58)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda agent_call, name: agent_call.use("book_appointment", **{**WHENS, "name": name}), agent_calls, names))
    assert sorted(answer["ok"] for answer in answers) == [False] * 7 + [True]
    assert {answer.get("code") for answer in answers if not answer["ok"]} == {"slot_taken"}
    assert all(answer["data"]["slots"] for answer in answers if not answer["ok"])
    assert len(get_bookings(salon)) == 2


def test_a_call_of_one_company_finds_nothing_of_another(agent_call: AgentCall, salon: Salon) -> None:
    other = make_salon_with_numbers("other", numbers=OTHER_NUMBERS)
    theirs = book(other, "2026-05-12T10:00", customer="Svea Thomsen")
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    for name in ("cancel_appointment", "reschedule_appointment"):
        assert (
            agent_call.use(name, booking_id=theirs, new_date="13. Mai", company_id=other.company_id, branch_id=other.branches["mitte"])[
                "code"
            ]
            == "not_found"
        )
    assert agent_call.use("book_appointment", **{**WHENS, "branch": other.branches["pankow"]})["code"] == "unknown_branch"
    assert agent_call.use("book_appointment", **{**WHENS, "staff": other.people["anna"]})["code"] == "unknown_staff"
    held = AgentCall(agent_call.client, to_number=OTHER_NUMBERS[0], call_id="call_9").use("hold_slot", **WHENS)["data"]["hold"]
    assert agent_call.use("release_hold", hold=held)["code"] == "not_found"
    (booking,) = get_bookings(other)
    assert (booking.status, booking.version) == ("confirmed", 1) and get_bookings(salon) == []


def test_another_callers_booking_is_not_there_either(agent_call: AgentCall, salon: Salon) -> None:
    theirs = book(salon, "2026-05-12T10:00", customer="Claire Bennett")
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    assert agent_call.use("cancel_appointment", booking_id=theirs)["code"] == "not_found"
    assert agent_call.use("cancel_appointment", date="12. Mai")["code"] == "not_found"


def test_a_call_through_another_companys_connection_is_refused(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    other = make_salon_with_numbers("other", numbers=OTHER_NUMBERS)
    with company_scope(other.company_id), transaction():
        connection = Connection(provider="retell", api_key="key_of_the_other")
        db.session.add(connection)
        db.session.flush()
    agent_call.use("get_context")
    agent_call.path, agent_call.key = f"/api/retell/function/{connection.id}", "key_of_the_other"
    for call_id in ("call_1", "call_2"):
        agent_call.call_id = call_id
        assert agent_call.use("book_appointment", **WHENS)["code"] == "trouble"
    assert get_bookings(salon) == get_bookings(other) == []
    assert len(get_tool_calls(salon)) == 1


@pytest.mark.parametrize("dialled", ["+493023125199", "anonymous", ""])
def test_a_call_of_nobodys_gets_a_sentence_and_no_row(agent_call: AgentCall, salon: Salon, db: SQLAlchemy, dialled: str) -> None:
    agent_call.to_number = dialled
    assert agent_call.use("book_appointment", **WHENS)["code"] == "trouble"
    with unscoped():
        assert db.session.scalar(select(func.count()).select_from(ToolCall)) == 0


@each_row(
    "raw",
    [
        b"", b"[]", b"null", b"{}", b"name", b'{"name":"book_appointment"}', b'{"name":7,"args":{},"call":{}}',
        b'{"name":"book_appointment","args":{},"call":"all"}', DEEP,
        b'{"name":"\xff","args":{},"call":{"call_id":"a"}}', b'{"name":"get_context","args":{},"call":{"to_number":"+493023125100"}}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_gets_a_sentence(client: FlaskClient, salon: Salon, raw: bytes) -> None:
    answer = client.post("/api/retell/function", data=raw, headers={"X-Retell-Signature": sign_retell(raw, KEY, to_ms(now()))})
    assert answer.status_code == 200
    assert answer.get_json()["ok"] is False and answer.get_json()["say"]


@pytest.mark.parametrize(
    "args",
    [
        None, "", [], 7, "{}", {"service": ["x"]}, {"service": {"a": 1}, "date": True, "time": 1e400}, {"service": "x" * 100_000},
        {"service": "\ud800", "date": "\x00"}, {"booking_id": "ä" * 40}, {"booking_id": "' OR 1=1 --"}, {"hold": "%"}, {"name": "<script>"},
        {"date": "9" * 400, "time": "99:99", "service": "Haarschnitt", "name": "x"},
    ],
)  # fmt: skip
def test_no_argument_is_too_odd(agent_call: AgentCall, salon: Salon, args: Any) -> None:
    assert len(TOOLS) == 26
    for name in sorted(TOOLS):
        answer = agent_call.post(name, args)
        assert answer.status_code == 200
        assert isinstance(answer.get_json()["ok"], bool) and answer.get_json()["say"]
        assert answer.get_json().get("code") != "trouble", name


def test_a_fault_of_ours_is_a_sentence_and_stands_in_the_history(
    agent_call: AgentCall, salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_situation: Any, _given: Any) -> Any:
        raise ZeroDivisionError

    agent_call.use("get_context")
    monkeypatch.setitem(registry.TOOLS, "book_appointment", registry.Tool("book_appointment", "", registry.ToolArgs, broken))
    told = agent_call.use("book_appointment", **WHENS)
    assert (told["ok"], told["code"], told["say"]) == (
        False,
        "trouble",
        "Das kann ich gerade nicht nachsehen. Soll ich einen Rückruf notieren?",
    )
    assert [(tool.name, tool.ok) for tool in get_tool_calls(salon)] == [("get_context", True), ("book_appointment", False)]
    assert get_bookings(salon) == []


def test_an_unknown_function_is_written_down_too(agent_call: AgentCall, salon: Salon) -> None:
    assert agent_call.use("order_pizza")["code"] == "unknown_function"
    assert [(tool.name, tool.ok) for tool in get_tool_calls(salon)] == [("order_pizza", False)]
