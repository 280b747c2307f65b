"""What is offered: what callers mean by a part of the day, at the wished time elsewhere too, and why nothing is free."""

from datetime import datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.demo.companies import LINDGREN
from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.factories.salon import Salon
from tests.support.agent_call import PANKOW, STRANGER, AgentCall, book, get_bookings
from tests.support.demo_company import make_demo_company

CUT = {"service": "Haarschnitt"}


def _list_hours(told: dict) -> list[int]:
    return [datetime.fromisoformat(slot["starts_at"]).hour for slot in told["data"]["slots"]]


@pytest.mark.parametrize("words", ["nachmittags", "afternoon", "am Nachmittag"])
def test_the_afternoon_begins_at_one(salon: Salon, stranger: AgentCall, words: str) -> None:
    hours = _list_hours(stranger.use("check_availability", **CUT, date="Freitag", part_of_day=words))
    assert hours and min(hours) == 13


def test_noon_is_offered_in_the_afternoon_where_nothing_else_is_free(salon: Salon, stranger: AgentCall) -> None:
    for hour in range(13, 18):
        for minutes in ("00", "30"):
            for person in ("anna", "ben"):
                book(salon, f"2026-05-08T{hour}:{minutes}", staff=person)
    assert set(_list_hours(stranger.use("check_availability", **CUT, date="Freitag", part_of_day="afternoon"))) == {12}


def _fill(salon: Salon, day: str, hours: range, branch: str = "mitte") -> None:
    for hour in hours:
        for minutes in ("00", "30"):
            for person in ("anna", "ben") if branch == "mitte" else ("anna",):
                book(salon, f"{day}T{hour:02}:{minutes}", staff=person, branch=branch)


def test_a_full_day_is_said_to_be_full(salon: Salon, stranger: AgentCall) -> None:
    _fill(salon, "2026-05-08", range(9, 18))
    told = stranger.use("check_availability", **CUT, date="Freitag")
    assert told["say"].startswith("Am Freitag, dem 8. Mai, ist nichts mehr frei, das Nächste wäre "), told["say"]
    told = stranger.use("check_availability", **CUT, date="Freitag", part_of_day="vormittags", staff="Anna")
    assert told["say"].startswith("Bei Anna Lindgren ist am Freitag, dem 8. Mai, vormittags nichts mehr frei, "), told["say"]


def test_a_closed_day_is_told_by_its_reason(salon: Salon, stranger: AgentCall) -> None:
    assert stranger.use("check_availability", **CUT, date="Sonntag")["say"].startswith("Sonntags haben wir geschlossen, frei ist es ")
    assert "(Christi Himmelfahrt)" in stranger.use("check_availability", **CUT, date="14. Mai")["say"]
    stranger.utterances += ["Salon Lindgren.", "I would like to have a haircut on the fourteenth, please."]
    assert "(Ascension Day)" in stranger.use("check_availability", **CUT, date="14 May")["say"]
    assert stranger.use("check_availability", **CUT, date="Sunday")["say"].startswith("We are closed on Sundays; ")


def test_alternatives_keep_the_part_of_the_day_and_name_other_branches(salon: Salon, stranger: AgentCall) -> None:
    stranger.to_number = PANKOW
    _fill(salon, "2026-05-08", range(12, 18), branch="pankow")
    told = stranger.use("get_alternatives", **CUT, date="Freitag", part_of_day="afternoon")
    assert min(_list_hours(told)) >= 12, told
    assert "Zur gewünschten Zeit ginge es in Berlin-Mitte am Freitag, dem 8. Mai, um " in told["say"], told["say"]
    assert {slot["branch"] for slot in told["data"]["slots"]} == {"Berlin-Mitte", "Berlin-Pankow"}


@pytest.mark.parametrize("name", ["book_appointment", "hold_slot"])
@pytest.mark.parametrize("words", ["first thing in the morning", "gleich morgens", "nachmittags"])
def test_a_part_of_the_day_is_offered_and_not_booked(salon: Salon, stranger: AgentCall, name: str, words: str) -> None:
    checked = stranger.use("check_availability", **CUT, date="8. Mai", time=words)
    told = stranger.use(name, **CUT, date="8. Mai", time=words, name="Karl Baum")
    assert (told["code"], told["data"]["fields"], told["say"]) == ("missing", ["time"], checked["say"]) and not get_bookings(salon)


@pytest.mark.parametrize("moment", ["2026-05-04T18:10:00+02:00", "2026-05-04T17:45:00+02:00"])
def test_todays_weekday_after_hours_is_the_next_one(salon: Salon, stranger: AgentCall, monday: time_machine.Traveller, moment: str) -> None:
    monday.move_to(moment)
    assert stranger.use("check_availability", **CUT, date="Montag")["data"]["date"] == "2026-05-11"
    assert stranger.use("book_appointment", **CUT, date="am Montag", time="10 Uhr", name="Karl Baum")["ok"]


def test_todays_weekday_within_hours_is_asked(salon: Salon, stranger: AgentCall) -> None:
    assert stranger.use("check_availability", **CUT, date="Montag")["code"] == "ambiguous"


def test_who_is_absent_all_day_and_a_day_that_is_over_are_told_so(
    db: SQLAlchemy, client: FlaskClient, monday: time_machine.Traveller
) -> None:  # fmt: skip
    make_demo_company(LINDGREN)
    monday.move_to("2026-12-01T20:00:00+01:00")
    call = AgentCall(client, STRANGER, LINDGREN.branches[0].number)
    wish = {"service": "Damenschnitt"}
    told = call.use("check_availability", **wish, staff="Tom", date="Samstag")
    assert told["say"].startswith("Tom Weber ist am Samstag, dem 5. Dezember, nicht da, frei ist es am Dienstag, dem 8. Dezember, ")
    assert call.use("check_availability", **wish, date="heute")["say"].startswith("Heute ist es dafür schon zu spät, frei ist es morgen ")
    assert "arbeitet zu dieser Zeit nicht" in call.use("check_availability", **wish, staff="Tom", date="Samstag", time="10 Uhr")["say"]


def test_the_other_branch_is_named_where_the_one_that_was_called_is_it(
    db: SQLAlchemy, client: FlaskClient, monday: time_machine.Traveller
) -> None:  # fmt: skip
    make_demo_company(LINDGREN)
    call = AgentCall(client, STRANGER, LINDGREN.branches[0].number)
    told = call.use("get_alternatives", service="Damenschnitt", date="Freitag", branch="Pankow")
    assert (
        told["say"].startswith("Für Damenschnitt ist in Berlin-Pankow am Freitag")
        and "Oder lieber in Berlin-Mitte am Freitag" in told["say"]
    )


def test_a_question_that_was_asked_three_times_is_not_asked_again(salon: Salon, stranger: AgentCall) -> None:
    said = [stranger.use("cancel_appointment", date=day)["say"] for day in ("Dienstag", "Mittwoch", "Donnerstag", "Freitag")]
    assert all("vollen Namen" in each for each in said[:3]) and said[3].startswith("Mehr darf ich am Telefon nicht tun.")
