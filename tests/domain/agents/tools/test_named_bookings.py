"""Which booking is meant is told by its service too; and where no proof leads further, that is said at once."""

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from time_machine import Traveller

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.demo.companies import KRUSE
from tests.support.agent_call import STRANGER, AgentCall, add_customer
from tests.support.demo_company import make_demo_company

OIL, TYRES = (
    {"service": "Ölwechsel", "date": "Donnerstag", "time": "9 Uhr"},
    {"service": "Radwechsel", "date": "Donnerstag", "time": "12 Uhr"},
)
NAME = "Fiona Doyle"
CALLBACK = "Selbst darf ich hier leider nicht absagen, aber ich kann dafür"


@pytest.fixture
def calls(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> list[AgentCall]:
    """Two calls of one number to the garage, one after the other."""
    make_demo_company(KRUSE)
    return [AgentCall(client, STRANGER, KRUSE.branches[0].number, f"call_{number}") for number in (1, 2)]


@pytest.mark.parametrize(
    ("words", "hour"),
    [
        ("the oil change one, Thursday", "at 9 am"),
        ("den Ölwechsel", "um 9 Uhr"),
        ("Donnerstag, die Reifen", "um 12 Uhr"),
        ("am Donnerstag die Winterreifen", "um 12 Uhr"),
    ],
)
def test_a_booking_is_found_by_what_is_done_there(calls: list[AgentCall], words: str, hour: str) -> None:
    for wish in (OIL, TYRES):
        assert calls[0].use("book_appointment", **wish, name=NAME)["ok"]
    told = calls[0].use("cancel_appointment", date=words)
    assert told["ok"] and hour in told["say"]


def test_a_service_that_is_not_booked_is_asked_about(calls: list[AgentCall]) -> None:
    assert calls[0].use("book_appointment", **OIL, name=NAME)["ok"]
    told = calls[0].use("cancel_appointment", date="die Reifen am Donnerstag")
    assert (told["code"], told["say"]) == ("ambiguous", "Meinen Sie Ihren Termin am Donnerstag, dem 7. Mai, um 9 Uhr?")
    assert calls[0].use("cancel_appointment", date="Donnerstag")["ok"]


def test_what_was_booked_by_phone_is_moved_by_its_service_in_another_call(calls: list[AgentCall]) -> None:
    for wish in (OIL, TYRES):
        calls[0].use("book_appointment", **wish, name=NAME)
    calls[1].use("identify_customer", name=NAME)
    told = calls[1].use("reschedule_appointment", date="den Ölwechsel", new_time="'ne Stunde später")
    assert told["ok"] and "um 10 Uhr" in told["say"]


def test_no_name_is_asked_for_where_it_leads_no_further(calls: list[AgentCall]) -> None:
    calls[0].use("book_appointment", **OIL, name=NAME)
    assert calls[1].use("cancel_appointment", date="Donnerstag")["say"].startswith(CALLBACK)
    assert "vollen Namen" in calls[1].use("reschedule_appointment", date="Donnerstag", new_time="10 Uhr")["say"], "moving needs it"


def test_of_what_is_not_told_the_name_is_asked_for_as_ever(calls: list[AgentCall]) -> None:
    calls[0].use("book_appointment", **OIL, name=NAME)
    assert "vollen Namen" in calls[1].use("cancel_appointment", date="Freitag")["say"]


def test_the_name_is_asked_for_where_the_company_knows_dates_of_birth(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> None:
    company = make_demo_company(KRUSE)
    with company_scope(company.id), transaction():
        add_customer("Somebody Else", born="1985-03-03")
    first, second = (AgentCall(client, STRANGER, KRUSE.branches[0].number, f"call_{number}") for number in (1, 2))
    first.use("book_appointment", **OIL, name=NAME)
    assert "vollen Namen" in second.use("cancel_appointment", date="Donnerstag")["say"]


def test_several_appointments_are_told_with_what_is_done(calls: list[AgentCall]) -> None:
    calls[0].use("book_appointment", **OIL, name=NAME)
    assert calls[0].use("query_appointments")["say"] == "Ihr nächster Termin ist am Donnerstag, dem 7. Mai, um 9 Uhr."
    calls[0].use("book_appointment", **TYRES, name=NAME)
    ends = "sind am Donnerstag, dem 7. Mai, um 9 Uhr (Ölwechsel), und am Donnerstag, dem 7. Mai, um 12 Uhr (Radwechsel)."
    assert calls[0].use("query_appointments")["say"].endswith(ends)
    assert "um 9 Uhr (Ölwechsel)" in calls[0].use("cancel_appointment", date="Donnerstag")["say"]
