"""What is offered: what callers mean by a part of the day, at the wished time elsewhere too, and why nothing is free."""

from datetime import datetime

import pytest
import time_machine

from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.factories.salon import Salon
from tests.support.agent_call import PANKOW, AgentCall, book, get_bookings

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
