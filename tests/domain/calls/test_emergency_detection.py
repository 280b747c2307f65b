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
from app.domain.calls import function_execution
from app.domain.inbox.processor import drain_batch
from app.models import Agent, Branch, Company, LiveEvent, Notification, OnCallShift, PhoneNumber, StaffTask
from tests.factories.companies import AgentFactory, OnCallShiftFactory
from tests.factories.salon import Salon
from tests.support.agent_call import KEY, MONDAY, SVEA, AgentCall, get_bookings, get_call, get_tool_calls, make_salon_with_numbers

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
    return make_salon_with_numbers()


@pytest.fixture
def agent_call(salon: Salon, client: FlaskClient) -> AgentCall:
    return AgentCall(client, utterances=["Guten Tag."])


def tell(agent_call: AgentCall, event: str, *items: dict[str, Any], **fields: Any) -> None:
    call = agent_call.call_object("none", {}) | {"transcript_with_tool_calls": list(items), "transcript_object": []} | fields
    raw = json.dumps({"event": event, "call": call}).encode()
    headers = {"X-Retell-Signature": sign_retell(raw, KEY, to_ms(now()))}
    assert agent_call.client.post("/api/retell/webhook", data=raw, headers=headers).status_code == 204
    with agent_call.client.application.app_context():
        while drain_batch(50):
            pass


def spoken(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text, "words": []}


def tasks_of(salon: Salon, db: SQLAlchemy) -> list[StaffTask]:
    with company_scope(salon.company_id):
        return list(db.session.scalars(select(StaffTask).where(StaffTask.kind == "emergency")))


def on_call(salon: Salon, number: str = JONAS, **shift: Any) -> None:
    with company_scope(salon.company_id), transaction():
        OnCallShiftFactory(
            branch_id=salon.branches["mitte"], number=number, **{"weekday": 0, "from_minute": 0, "until_minute": 1440} | shift
        )


@pytest.mark.parametrize("function", ["book_appointment", "get_context", "cancel_appointment", "no_such_function", "transfer_call"])
def test_whatever_function_is_asked_for_the_emergency_is_answered(
    agent_call: AgentCall, salon: Salon, db: SQLAlchemy, function: str
) -> None:
    agent_call.utterances += [CHEST]
    told = agent_call.use(function, **WISH)
    assert (told["ok"], told["code"]) == (True, "emergency")
    assert "112" in told["say"] and told["data"]["numbers"] == ["112"] and told["data"]["transfer_to"] == DESK
    (task,) = tasks_of(salon, db)
    assert told["data"]["task_id"] == task.id and task.priority > 0 and task.call_id == get_call(salon).id
    assert get_bookings(salon) == []


def test_the_arguments_alone_are_enough(agent_call: AgentCall) -> None:
    told = agent_call.use("take_message", text=CHEST)
    assert told["code"] == "emergency"
    assert agent_call.use("get_context", deep={"er": ["Mein Vater ist bewusstlos"]})["code"] == "emergency"


def test_a_callback_is_noted_beside_the_emergency(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    agent_call.utterances += [CHEST]
    told = agent_call.use("request_callback", name="Svea Thomsen", reason="Farbe")
    assert told["code"] == "emergency" and "112" in told["say"] and "Rückruf" in told["say"]
    assert told["say"].index("112") < told["say"].index("Rückruf")
    with company_scope(salon.company_id):
        tasks = {task.kind: task.id for task in db.session.scalars(select(StaffTask))}
    assert set(tasks) == {"emergency", "callback"}
    assert (told["data"]["task_id"], told["data"]["done"]["task_id"]) == (tasks["emergency"], tasks["callback"])
    (tool,) = get_tool_calls(salon)
    assert tool.ok is True


def test_a_message_is_written_down_beside_the_emergency(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    told = agent_call.use("take_message", text=CHEST)
    assert told["code"] == "emergency" and told["say"].endswith("Ich richte es aus.")
    with company_scope(salon.company_id):
        assert sorted(task.kind for task in db.session.scalars(select(StaffTask))) == ["emergency", "message"]


def test_opening_hours_are_told_after_the_emergency(agent_call: AgentCall) -> None:
    agent_call.utterances += [CHEST]
    told = agent_call.use("get_opening_hours", date="2026-05-06")
    assert told["code"] == "emergency" and told["data"]["numbers"] == ["112"] and told["data"]["done"]["open"] is True
    assert told["say"].index("112") < told["say"].index("geöffnet")


def test_a_refusal_is_kept_beside_the_emergency_and_its_question_waits(agent_call: AgentCall, salon: Salon) -> None:
    agent_call.utterances += [CHEST]
    told = agent_call.use("set_consent", recording="no", transcript="no")
    assert told["code"] == "emergency" and not told["say"].endswith("?")
    assert get_call(salon).keeps_words is False


def test_what_cannot_be_done_asks_nothing_beside_the_emergency(agent_call: AgentCall, salon: Salon) -> None:
    agent_call.utterances += [CHEST]
    told = agent_call.use("take_message")
    assert told["code"] == "emergency" and "done" not in told["data"] and not told["say"].endswith("?")
    (tool,) = get_tool_calls(salon)
    assert tool.ok is False


def test_what_was_answered_does_not_stop_the_call(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    agent_call.utterances += [CHEST]
    assert agent_call.use("get_context")["code"] == "emergency"
    agent_call.utterances += ["Bitte wählen Sie die 112.", FINE]
    assert agent_call.use("get_context").get("code") is None
    assert agent_call.use("book_appointment", **WISH)["data"]["status"] == "confirmed"
    assert len(tasks_of(salon, db)) == 1


def test_the_model_may_say_again_what_was_answered(agent_call: AgentCall) -> None:
    agent_call.utterances += [CHEST]
    assert agent_call.use("get_context")["code"] == "emergency"
    agent_call.utterances += ["Bitte wählen Sie die 112.", "Ja, das machen wir. Sagen Sie es der Chefin?"]
    assert agent_call.use("take_message", text="Der Mann hat Druck auf der Brust, sie rufen die 112.").get("code") is None


def test_a_new_emergency_in_the_same_call_is_answered_again(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    agent_call.utterances += [CHEST]
    agent_call.use("get_context")
    agent_call.utterances += ["Bitte wählen Sie die 112.", "Er atmet nicht mehr!"]
    told = agent_call.use("get_context")
    assert told["code"] == "emergency" and told["data"]["kind"] == "not_breathing"
    assert len(tasks_of(salon, db)) == 1


def test_a_sentence_that_is_corrected_later_is_the_same_one(agent_call: AgentCall) -> None:
    agent_call.utterances += ["Mein Mann hat Druck auf der Brust"]
    assert agent_call.use("get_context")["code"] == "emergency"
    agent_call.utterances[-1] = CHEST
    agent_call.utterances += ["Bitte wählen Sie die 112."]
    assert agent_call.use("get_context").get("code") is None


@pytest.mark.parametrize("with_ids", [True, False])
def test_a_repeated_use_gets_the_same_answer_until_somebody_speaks(agent_call: AgentCall, with_ids: bool) -> None:
    agent_call.with_ids = with_ids
    agent_call.utterances += [CHEST]
    told = agent_call.use("book_appointment", **WISH)
    assert agent_call.post("book_appointment", WISH, again=True).get_json() == told
    agent_call.utterances += ["Bitte wählen Sie die 112.", FINE]
    assert agent_call.use("book_appointment", **WISH)["data"]["status"] == "confirmed"


def test_a_stored_answer_does_not_go_before_a_new_emergency(agent_call: AgentCall) -> None:
    agent_call.with_ids = False
    agent_call.use("parse_date", text="morgen")
    agent_call.utterances += [CHEST]
    assert agent_call.use("parse_date", text="morgen")["code"] == "emergency"


def test_who_is_on_call_goes_before_the_number_of_the_branch(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    on_call(salon)
    agent_call.utterances += [CHEST]
    assert agent_call.use("get_context")["data"]["transfer_to"] == JONAS
    with company_scope(salon.company_id):
        (row,) = db.session.scalars(select(Notification).where(Notification.kind == "emergency"))
    assert (row.channel, row.recipient) == ("sms", JONAS) and "Brust" in (row.body or "") and CHEST not in (row.body or "")


def test_the_person_on_call_is_told_once(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    on_call(salon)
    tell(agent_call, "call_started")
    tell(agent_call, "transcript_updated", spoken(CHEST))
    agent_call.utterances = ["", CHEST]
    agent_call.use("get_context")
    agent_call.utterances += ["", "Jetzt atmet er nicht mehr."]
    agent_call.use("get_context")
    with company_scope(salon.company_id):
        assert len(db.session.scalars(select(Notification).where(Notification.kind == "emergency")).all()) == 1


def switch_off(salon: Salon, db: SQLAlchemy) -> None:
    with company_scope(salon.company_id), transaction():
        agent = AgentFactory(is_active=False)
        db.session.execute(update(PhoneNumber).values(agent_id=agent.id))
        db.session.execute(update(Branch).values(is_active=False))


def test_neither_night_nor_a_switched_off_agent_is_in_the_way(agent_call: AgentCall, salon: Salon, db: SQLAlchemy, monday: Any) -> None:
    switch_off(salon, db)
    monday.move_to("2026-05-04T03:00:00+02:00")
    agent_call.utterances += [CHEST]
    told = agent_call.use("book_appointment", **WISH)
    assert told["code"] == "emergency" and told["data"]["transfer_to"] == DESK
    assert agent_call.use("transfer_call", reason="Notfall")["data"]["number"] == DESK
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Agent)).one().is_active is False


def test_transfer_call_leads_to_the_person_on_call_once_an_emergency_was_named(agent_call: AgentCall, salon: Salon) -> None:
    assert agent_call.use("transfer_call")["data"]["number"] == DESK
    on_call(salon)
    agent_call.utterances += [CHEST]
    agent_call.use("get_context")
    assert agent_call.use("transfer_call", reason="Brust")["data"]["number"] == JONAS


def test_the_answer_is_in_the_callers_language_and_country(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    with transaction():
        db.session.execute(update(Company).values(country="AT"))
    agent_call.utterances += ["My husband has chest pain and he is sweating, please help us."]
    told = agent_call.use("get_context")
    assert told["data"]["numbers"] == ["144"] and "call 144" in told["say"]


def test_the_model_can_report_what_the_table_does_not_know(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    agent_call.utterances += ["Der Hamster hat das Klavier verstimmt."]
    told = agent_call.use("report_emergency", words="Der Hamster hat das Klavier verstimmt.")
    assert told["code"] == "emergency" and told["data"]["numbers"] == ["112"]
    assert len(tasks_of(salon, db)) == 1


def test_a_transcript_alone_raises_the_alarm_and_the_next_function_answers_it(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    tell(agent_call, "call_started")
    tell(agent_call, "transcript_updated", spoken("Ja bitte?", "agent"), spoken(CHEST))
    (task,) = tasks_of(salon, db)
    assert "Brust" in task.title and CHEST not in f"{task.title} {task.details}"
    with company_scope(salon.company_id):
        names = [event.name for event in db.session.scalars(select(LiveEvent).order_by(LiveEvent.seq))]
        told = [event.data for event in db.session.scalars(select(LiveEvent)) if event.name == "call.updated"]
    assert "task.created" in names and told[-1]["emergency"]["kind"] == "heart"
    agent_call.utterances = ["Ja bitte?", CHEST]
    assert agent_call.use("get_context")["code"] == "emergency"
    assert agent_call.use("list_services").get("code") is None
    tell(agent_call, "transcript_updated", spoken("Ja bitte?", "agent"), spoken(CHEST), spoken("Bitte 112.", "agent"))
    assert agent_call.use("list_services").get("code") is None
    assert len(tasks_of(salon, db)) == 1


def test_what_the_agent_says_is_no_emergency(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    tell(agent_call, "call_started")
    tell(agent_call, "transcript_updated", spoken(f"Sagten Sie: {CHEST}", "agent"), spoken("Nein."))
    assert tasks_of(salon, db) == []


def test_the_outcome_is_the_emergency_unless_something_was_booked(agent_call: AgentCall, salon: Salon) -> None:
    agent_call.utterances += [CHEST]
    agent_call.use("book_appointment", **WISH)
    tell(agent_call, "call_ended", spoken("", "agent"), spoken(CHEST), disconnection_reason="user_hangup", duration_ms=60_000)
    assert get_call(salon).outcome == "emergency"
    (tool,) = get_tool_calls(salon)
    assert tool.ok is False


def test_a_false_alarm_with_a_booking_is_a_booking(agent_call: AgentCall, salon: Salon) -> None:
    agent_call.utterances += [CHEST]
    agent_call.use("get_context")
    agent_call.utterances += ["", FINE]
    agent_call.use("book_appointment", **WISH)
    tell(agent_call, "call_ended", spoken("", "agent"), spoken(FINE), disconnection_reason="user_hangup", duration_ms=60_000)
    assert get_call(salon).outcome == "booked"


def test_the_database_away_the_number_is_named_all_the_same(agent_call: AgentCall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function_execution, "run_in_transaction", _away)
    agent_call.utterances += [CHEST]
    told = agent_call.use("book_appointment", **WISH)
    assert (told["ok"], told["code"], told["data"]["numbers"]) == (True, "emergency", ["112"])
    agent_call.utterances += ["", FINE, "", "Am Mittwoch um zehn."]
    assert agent_call.use("book_appointment", **WISH)["code"] == "trouble"


def test_a_call_that_is_nobodys_is_answered_too(agent_call: AgentCall) -> None:
    agent_call.to_number = "+4989000000"
    agent_call.utterances += [CHEST]
    assert agent_call.use("get_context")["data"]["numbers"] == ["112"]


def test_phrases_of_the_business_only_add_to_what_is_known(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.execute(update(Branch).values(emergency_phrases=["die Kasse ist weg"]))
    agent_call.utterances += ["Bei uns ist die ganze Kasse weg", "Bitte?", "Ich sage doch: die Kasse ist weg!"]
    told = agent_call.use("get_context")
    assert told["code"] == "emergency" and told["data"]["kind"] == "own" and told["data"]["numbers"] == ["030 23125177"]
    agent_call.utterances += ["", CHEST]
    assert agent_call.use("get_context")["data"]["kind"] == "heart"


def test_an_emergency_of_another_company_is_not_seen(agent_call: AgentCall, salon: Salon, db: SQLAlchemy) -> None:
    other = make_salon_with_numbers("salon-two", numbers=("+493023125102", "+493023125103"))
    on_call(other, number="+491713920061")
    agent_call.utterances += [CHEST]
    assert agent_call.use("get_context")["data"]["transfer_to"] == DESK
    assert tasks_of(other, db) == [] and get_call(salon).from_number == SVEA
    with company_scope(other.company_id):
        assert len(db.session.scalars(select(OnCallShift)).all()) == 1


def _away(*_args: Any, **_kwargs: Any) -> None:
    raise ConnectionError("The database is away.")
