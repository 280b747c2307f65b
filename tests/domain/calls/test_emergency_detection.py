"""An emergency goes before everything: whatever function is asked for, whoever may, whatever the hour, and once for what was said."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.calls import function_calls
from app.domain.inbox.processor import drain_batch
from app.models import Agent, Branch, Company, LiveEvent, Notification, OnCallShift, PhoneNumber, Task
from tests.factories.companies import AgentFactory, OnCallShiftFactory
from tests.factories.salons import Salon
from tests.support.agent_line import KEY, MONDAY, SVEA, Line, bookings_of, call_of, make_house, tools_of

DESK, JONAS = "+493023125177", "+491713920060"
CHEST = "Mein Mann hat plötzlich so einen Druck auf der Brust."
FINE = "Nein, nein, alles gut, ich will nur einen Termin."
WISH = {"service": "Haarschnitt", "date": "2026-05-06", "time": "10:00", "name": "Svea Thomsen"}


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_house()


@pytest.fixture
def line(salon: Salon, client: FlaskClient) -> Line:
    return Line(client, said=["Guten Tag."])


def tell(line: Line, event: str, *items: dict[str, Any], **fields: Any) -> None:
    call = line.call("none", {}) | {"transcript_with_tool_calls": list(items), "transcript_object": []} | fields
    raw = json.dumps({"event": event, "call": call}).encode()
    headers = {"X-Retell-Signature": sign_retell(raw, KEY, to_ms(now()))}
    assert line.client.post("/api/retell/webhook", data=raw, headers=headers).status_code == 204
    with line.client.application.app_context():
        while drain_batch(50):
            pass


def spoken(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text, "words": []}


def tasks_of(salon: Salon, db: SQLAlchemy) -> list[Task]:
    with company_scope(salon.company_id):
        return list(db.session.scalars(select(Task).where(Task.kind == "emergency")))


def on_call(salon: Salon, number: str = JONAS, **shift: Any) -> None:
    with company_scope(salon.company_id), transaction():
        OnCallShiftFactory(
            branch_id=salon.branches["mitte"], number=number, **{"weekday": 0, "from_minute": 0, "until_minute": 1440} | shift
        )


@pytest.mark.parametrize("function", ["book_appointment", "get_context", "cancel_appointment", "no_such_function", "transfer_call"])
def test_whatever_function_is_asked_for_the_emergency_is_answered(line: Line, salon: Salon, db: SQLAlchemy, function: str) -> None:
    line.said += [CHEST]
    told = line.use(function, **WISH)
    assert (told["ok"], told["code"]) == (True, "emergency")
    assert "112" in told["say"] and told["data"]["numbers"] == ["112"] and told["data"]["transfer_to"] == DESK
    (task,) = tasks_of(salon, db)
    assert told["data"]["task_id"] == task.id and task.priority > 0 and task.call_id == call_of(salon).id
    assert bookings_of(salon) == []


def test_the_arguments_alone_are_enough(line: Line) -> None:
    told = line.use("take_message", text=CHEST)
    assert told["code"] == "emergency"
    assert line.use("get_context", deep={"er": ["Mein Vater ist bewusstlos"]})["code"] == "emergency"


def test_what_was_answered_does_not_stop_the_call(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    line.said += [CHEST]
    assert line.use("get_context")["code"] == "emergency"
    line.said += ["Bitte wählen Sie die 112.", FINE]
    assert line.use("get_context").get("code") is None
    assert line.use("book_appointment", **WISH)["data"]["status"] == "confirmed"
    assert len(tasks_of(salon, db)) == 1


def test_the_model_may_say_again_what_was_answered(line: Line) -> None:
    line.said += [CHEST]
    assert line.use("get_context")["code"] == "emergency"
    line.said += ["Bitte wählen Sie die 112.", "Ja, das machen wir. Sagen Sie es der Chefin?"]
    assert line.use("take_message", text="Der Mann hat Druck auf der Brust, sie rufen die 112.").get("code") is None


def test_a_new_emergency_in_the_same_call_is_answered_again(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    line.said += [CHEST]
    line.use("get_context")
    line.said += ["Bitte wählen Sie die 112.", "Er atmet nicht mehr!"]
    told = line.use("get_context")
    assert told["code"] == "emergency" and told["data"]["kind"] == "not_breathing"
    assert len(tasks_of(salon, db)) == 1


def test_a_sentence_that_is_corrected_later_is_the_same_one(line: Line) -> None:
    line.said += ["Mein Mann hat Druck auf der Brust"]
    assert line.use("get_context")["code"] == "emergency"
    line.said[-1] = CHEST
    line.said += ["Bitte wählen Sie die 112."]
    assert line.use("get_context").get("code") is None


@pytest.mark.parametrize("with_ids", [True, False])
def test_a_repeated_use_gets_the_same_answer_until_somebody_speaks(line: Line, with_ids: bool) -> None:
    line.with_ids = with_ids
    line.said += [CHEST]
    told = line.use("book_appointment", **WISH)
    assert line.ask("book_appointment", WISH, again=True).get_json() == told
    line.said += ["Bitte wählen Sie die 112.", FINE]
    assert line.use("book_appointment", **WISH)["data"]["status"] == "confirmed"


def test_a_stored_answer_does_not_go_before_a_new_emergency(line: Line) -> None:
    line.with_ids = False
    line.use("parse_date", text="morgen")
    line.said += [CHEST]
    assert line.use("parse_date", text="morgen")["code"] == "emergency"


def test_who_is_on_call_goes_before_the_number_of_the_branch(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    on_call(salon)
    line.said += [CHEST]
    assert line.use("get_context")["data"]["transfer_to"] == JONAS
    with company_scope(salon.company_id):
        (row,) = db.session.scalars(select(Notification).where(Notification.kind == "emergency"))
    assert (row.channel, row.recipient) == ("sms", JONAS) and "Brust" in (row.body or "") and CHEST not in (row.body or "")


def test_the_person_on_call_is_told_once(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    on_call(salon)
    tell(line, "call_started")
    tell(line, "transcript_updated", spoken(CHEST))
    line.said = ["", CHEST]
    line.use("get_context")
    line.said += ["", "Jetzt atmet er nicht mehr."]
    line.use("get_context")
    with company_scope(salon.company_id):
        assert len(db.session.scalars(select(Notification).where(Notification.kind == "emergency")).all()) == 1


def switch_off(salon: Salon, db: SQLAlchemy) -> None:
    with company_scope(salon.company_id), transaction():
        agent = AgentFactory(is_active=False)
        db.session.execute(update(PhoneNumber).values(agent_id=agent.id))
        db.session.execute(update(Branch).values(is_active=False))


def test_neither_night_nor_a_switched_off_agent_is_in_the_way(line: Line, salon: Salon, db: SQLAlchemy, monday: Any) -> None:
    switch_off(salon, db)
    monday.move_to("2026-05-04T03:00:00+02:00")
    line.said += [CHEST]
    told = line.use("book_appointment", **WISH)
    assert told["code"] == "emergency" and told["data"]["transfer_to"] == DESK
    assert line.use("transfer_call", reason="Notfall")["data"]["number"] == DESK
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Agent)).one().is_active is False


def test_transfer_call_leads_to_the_person_on_call_once_an_emergency_was_named(line: Line, salon: Salon) -> None:
    assert line.use("transfer_call")["data"]["number"] == DESK
    on_call(salon)
    line.said += [CHEST]
    line.use("get_context")
    assert line.use("transfer_call", reason="Brust")["data"]["number"] == JONAS


def test_the_answer_is_in_the_callers_language_and_country(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    with transaction():
        db.session.execute(update(Company).values(country="AT"))
    line.said += ["My husband has chest pain and he is sweating, please help us."]
    told = line.use("get_context")
    assert told["data"]["numbers"] == ["144"] and "call 144" in told["say"]


def test_the_model_can_report_what_the_table_does_not_know(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    line.said += ["Der Hamster hat das Klavier verstimmt."]
    told = line.use("report_emergency", words="Der Hamster hat das Klavier verstimmt.")
    assert told["code"] == "emergency" and told["data"]["numbers"] == ["112"]
    assert len(tasks_of(salon, db)) == 1


def test_a_transcript_alone_raises_the_alarm_and_the_next_function_answers_it(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    tell(line, "call_started")
    tell(line, "transcript_updated", spoken("Ja bitte?", "agent"), spoken(CHEST))
    (task,) = tasks_of(salon, db)
    assert "Brust" in task.title and CHEST not in f"{task.title} {task.details}"
    with company_scope(salon.company_id):
        names = [event.name for event in db.session.scalars(select(LiveEvent).order_by(LiveEvent.seq))]
        told = [event.data for event in db.session.scalars(select(LiveEvent)) if event.name == "call.updated"]
    assert "task.created" in names and told[-1]["emergency"]["kind"] == "heart"
    line.said = ["Ja bitte?", CHEST]
    assert line.use("get_context")["code"] == "emergency"
    assert line.use("list_services").get("code") is None
    tell(line, "transcript_updated", spoken("Ja bitte?", "agent"), spoken(CHEST), spoken("Bitte 112.", "agent"))
    assert line.use("list_services").get("code") is None
    assert len(tasks_of(salon, db)) == 1


def test_what_the_agent_says_is_no_emergency(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    tell(line, "call_started")
    tell(line, "transcript_updated", spoken(f"Sagten Sie: {CHEST}", "agent"), spoken("Nein."))
    assert tasks_of(salon, db) == []


def test_the_outcome_is_the_emergency_unless_something_was_booked(line: Line, salon: Salon) -> None:
    line.said += [CHEST]
    line.use("book_appointment", **WISH)
    tell(line, "call_ended", spoken("", "agent"), spoken(CHEST), disconnection_reason="user_hangup", duration_ms=60_000)
    assert call_of(salon).outcome == "emergency"
    (tool,) = tools_of(salon)
    assert tool.ok is False


def test_a_false_alarm_with_a_booking_is_a_booking(line: Line, salon: Salon) -> None:
    line.said += [CHEST]
    line.use("get_context")
    line.said += ["", FINE]
    line.use("book_appointment", **WISH)
    tell(line, "call_ended", spoken("", "agent"), spoken(FINE), disconnection_reason="user_hangup", duration_ms=60_000)
    assert call_of(salon).outcome == "booked"


def test_the_database_away_the_number_is_named_all_the_same(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function_calls, "run_in_transaction", _away)
    line.said += [CHEST]
    told = line.use("book_appointment", **WISH)
    assert (told["ok"], told["code"], told["data"]["numbers"]) == (True, "emergency", ["112"])
    line.said += ["", FINE, "", "Am Mittwoch um zehn."]
    assert line.use("book_appointment", **WISH)["code"] == "trouble"


def test_a_call_that_is_nobodys_is_answered_too(line: Line) -> None:
    line.dialled = "+4989000000"
    line.said += [CHEST]
    assert line.use("get_context")["data"]["numbers"] == ["112"]


def test_phrases_of_the_business_only_add_to_what_is_known(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.execute(update(Branch).values(emergency_phrases=["die Kasse ist weg"]))
    line.said += ["Bei uns ist die ganze Kasse weg", "Bitte?", "Ich sage doch: die Kasse ist weg!"]
    told = line.use("get_context")
    assert told["code"] == "emergency" and told["data"]["kind"] == "own" and told["data"]["numbers"] == ["030 23125177"]
    line.said += ["", CHEST]
    assert line.use("get_context")["data"]["kind"] == "heart"


def test_an_emergency_of_another_company_is_not_seen(line: Line, salon: Salon, db: SQLAlchemy) -> None:
    other = make_house("salon-two", numbers=("+493023125102", "+493023125103"))
    on_call(other, number="+491713920061")
    line.said += [CHEST]
    assert line.use("get_context")["data"]["transfer_to"] == DESK
    assert tasks_of(other, db) == [] and call_of(salon).from_number == SVEA
    with company_scope(other.company_id):
        assert len(db.session.scalars(select(OnCallShift)).all()) == 1


def _away(*_args: Any, **_kwargs: Any) -> None:
    raise ConnectionError("The database is away.")
