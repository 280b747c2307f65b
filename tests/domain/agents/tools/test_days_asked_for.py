"""Opening hours of several days are told for each of them, and of Christmas Eve what is entered for it."""

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.demo.companies import LINDGREN
from tests.support.agent_call import STRANGER, AgentCall
from tests.support.demo_company import make_demo_company


@pytest.fixture
def december_call(db: SQLAlchemy, client: FlaskClient, monday: time_machine.Traveller) -> AgentCall:
    monday.move_to("2026-12-01T09:15:00+01:00")
    make_demo_company(LINDGREN)
    return AgentCall(client, STRANGER, LINDGREN.branches[0].number)


@pytest.mark.parametrize(
    ("date", "opened", "closed"),
    [
        ("zwischen den Jahren", ["29", "30", "31"], ["27", "28"]),
        ("28. bis 30.", ["29", "30"], ["28"]),
        ("nächste Woche", ["08", "09", "10", "11", "12"], ["07", "13"]),
        ("from the 28th to the 30th", ["29", "30"], ["28"]),
        ("Samstag oder Sonntag", ["05"], ["06"]),
        ("Saturday or Sunday", ["05"], ["06"]),
    ],
)
def test_each_of_several_days_is_told(december_call: AgentCall, date: str, opened: list[str], closed: list[str]) -> None:
    told = december_call.use("get_opening_hours", date=date)
    days = {each["date"][8:]: each["open"] for each in told["data"]["days"]}
    assert (sorted(day for day in days if days[day]), sorted(day for day in days if not days[day])) == (opened, closed), told
    month = " December" if "It is" in told["say"] else ". Dezember"
    assert all(f"{int(day)}{month}" in told["say"] for day in (opened[0], opened[-1])), told["say"]


@pytest.mark.parametrize(
    ("date", "says"),
    [
        ("Heiligabend", "Für Heiligabend ist nichts Besonderes eingetragen, regulär ist am Donnerstag, dem 24. Dezember, von 9"),
        ("am 24.", "Für Heiligabend ist nichts Besonderes eingetragen, regulär"),
        ("Silvester", "Für Silvester ist nichts Besonderes eingetragen, regulär ist am Donnerstag, dem 31. Dezember,"),
        ("zwischen den Jahren", "Für Silvester ist nichts Besonderes eingetragen."),
    ],
)
def test_what_nobody_entered_for_the_day_is_said_to_be_the_rule(december_call: AgentCall, date: str, says: str) -> None:
    assert says in december_call.use("get_opening_hours", date=date)["say"]


@pytest.mark.parametrize(("date", "name"), [("Christmas Eve", "Christmas Eve"), ("New Year's Eve", "New Year's Eve")])
def test_it_is_said_in_english_too(december_call: AgentCall, date: str, name: str) -> None:
    december_call.utterances += ["Salon Lindgren.", "Hello, are you open then, please? I would like to come in."]
    assert december_call.use("get_opening_hours", date=date)["say"].startswith(f"Nothing special is entered for {name}; as usual")


@pytest.mark.parametrize("date", ["am 23.", "am 22. Dezember", "the 30th", "Donnerstag"])
def test_of_other_days_no_such_thing_is_said(december_call: AgentCall, date: str) -> None:
    assert "eingetragen" not in december_call.use("get_opening_hours", date=date)["say"]
