"""The waitlist by telephone: nobody waits for a day that is closed, or for one that is free without being told so."""

import pytest
from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.models import WaitlistEntry
from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.factories.salon import Salon
from tests.support.agent_call import AgentCall, book

WISH = {"service": "Haarschnitt", "name": "Karl Baum"}


def _count_entries(salon: Salon) -> int:
    with company_scope(salon.company_id):
        return len(db.session.scalars(select(WaitlistEntry)).all())


def test_a_closed_day_is_refused_with_the_next_open_ones(salon: Salon, stranger: AgentCall) -> None:
    told = stranger.use("join_waitlist", **WISH, date="Sonntag")
    assert (told["code"], told["data"]["options"]) == ("closed", ["2026-05-11", "2026-05-12", "2026-05-13"]) and _count_entries(salon) == 0
    assert told["say"].startswith("Sonntags haben wir geschlossen, geöffnet ist wieder am Montag, dem 11. Mai,"), told["say"]


def test_a_holiday_is_refused_by_its_name_in_the_language_of_the_caller(salon: Salon, stranger: AgentCall) -> None:
    assert "wegen des Feiertags (Christi Himmelfahrt) geschlossen" in stranger.use("join_waitlist", **WISH, date="14. Mai")["say"]
    stranger.utterances += ["Salon Lindgren.", "I would like to be on your waiting list please."]
    assert "Ascension Day" in stranger.use("join_waitlist", **WISH, date="14 May")["say"]


def test_what_is_free_is_offered_first_and_who_wants_to_wait_waits(salon: Salon, stranger: AgentCall) -> None:
    told = stranger.use("join_waitlist", **WISH, date="Freitag", part_of_day="morning")
    assert (told["code"], _count_entries(salon)) == ("is_free", 0) and told["data"]["slots"] and told["say"].endswith("Warteliste setzen?")
    told = stranger.use("join_waitlist", **WISH, date="Freitag", part_of_day="morning", anyway="yes")
    assert told["ok"] and _count_entries(salon) == 1
    assert told["say"].startswith("Ich habe Sie für Freitag, den 8. Mai, vormittags auf die Warteliste gesetzt"), told["say"]


@pytest.mark.parametrize(
    ("wish", "days"),
    [
        ({"date": "Freitag", "time": "10 Uhr"}, "Freitag, den 8. Mai, um 10 Uhr"),
        ({"date": "Freitag", "time": "10 Uhr", "staff": "Anna"}, "Freitag, den 8. Mai, um 10 Uhr"),
    ],
)
def test_the_days_that_were_noted_are_said_also_after_a_change(salon: Salon, stranger: AgentCall, wish: dict[str, str], days: str) -> None:
    for person in ("anna", "ben"):
        book(salon, "2026-05-08T10:00", staff=person)
    assert f"für {days} auf die Warteliste" in stranger.use("join_waitlist", **WISH, **wish)["say"]
    for said in ({}, {"anyway": "yes"}):
        told = stranger.use("join_waitlist", **WISH, date_from="Freitag", date_to="Samstag", part_of_day="afternoon", **said)
    assert "für Freitag, den 8. Mai, bis Samstag, den 9. Mai, nachmittags auf die Warteliste" in told["say"], told["say"]
    assert _count_entries(salon) == 1
