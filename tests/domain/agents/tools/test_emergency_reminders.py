"""An emergency that was said stays in the call: no appointment is made after it without the number that helps at once."""

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.demo.companies import MORGENSTERN
from tests.support.agent_call import STRANGER, AgentCall
from tests.support.demo_company import make_demo_company

FRIDAY = {"date": "2026-05-08", "time": "10:00"}
CHECK = {"service": "Gesundheits-Check", "name": "Karl Baum"}


@pytest.fixture
def practice_call(db: SQLAlchemy, client: FlaskClient) -> AgentCall:
    make_demo_company(MORGENSTERN)
    return AgentCall(client, STRANGER, MORGENSTERN.branches[0].number)


def _say(call: AgentCall, words: str) -> None:
    call.utterances += ["Praxis Morgenstern.", words]


@pytest.mark.parametrize(
    ("words", "later", "number", "language"),
    [
        ("Ich habe Druck auf der Brust, und der linke Arm ist taub", "Ach, tragen Sie mir einfach einen Termin ein", "112", "de"),
        ("Mein Vater redet plötzlich ganz verwaschen", "Nein, lieber Freitag um zehn", "112", "de"),
        ("My husband has chest pain and a numb arm", "No, just book us in on Friday please", "112", "en"),
        ("My daughter has swallowed bleach", "I would rather come in on Friday", "112", "en"),
    ],
)
@pytest.mark.parametrize("name", ["book_appointment", "hold_slot"])
def test_an_appointment_after_an_emergency_names_the_number_again(
    practice_call: AgentCall, words: str, later: str, number: str, language: str, name: str
) -> None:
    _say(practice_call, words)
    assert practice_call.use("answer_question", question=words)["code"] == "emergency"
    _say(practice_call, later)
    told = practice_call.use(name, **CHECK, **FRIDAY, notes=words)
    begins = "Bitte warten Sie im Notfall nicht auf den Termin" if language == "de" else "In an emergency, please don't wait"
    assert told["ok"] and told["say"].startswith(begins) and number in told["say"], told


def test_moving_an_appointment_after_an_emergency_names_the_number_again(practice_call: AgentCall) -> None:
    assert practice_call.use("book_appointment", **CHECK, **FRIDAY)["ok"]
    _say(practice_call, "Ich kriege gerade ganz schlecht Luft")
    assert practice_call.use("get_context")["code"] == "emergency"
    _say(practice_call, "Dann lieber Donnerstag um zehn")
    told = practice_call.use("reschedule_appointment", date="Freitag", new_date="2026-05-07", new_time="10:00")
    assert told["ok"] and "112" in told["say"], told


@pytest.mark.parametrize("words", ["Ich brauche einen Gesundheits-Check", "I have a bit of a cough"])
def test_without_an_emergency_nothing_is_said_of_one(practice_call: AgentCall, words: str) -> None:
    _say(practice_call, words)
    told = practice_call.use("book_appointment", **CHECK, **FRIDAY, notes=words)
    assert told["ok"] and "112" not in told["say"], told
