"""What callers tell from what was said before: from the day that this call spoke of last where that is certain, else it is asked."""

import pytest

from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.factories.salon import Salon
from tests.support.agent_call import AgentCall, book, get_bookings

CUT = {"service": "Haarschnitt"}
# today is Monday, 4 May; the Sunday is closed, and Monday to Wednesday, 11 to 13 May, are offered instead
SUNDAY = CUT | {"date": "Sonntag"}

EVERY_TOOL = ["book_appointment", "hold_slot", "check_availability", "join_waitlist", "request_callback", "get_opening_hours"]


def _get_starts(salon: Salon) -> list[str]:
    return [booking.starts_at.isoformat()[:16] for booking in get_bookings(salon)]


@pytest.mark.parametrize(
    "words", ["okay then the Tuesday after that", "the following Tuesday", "dann den Dienstag danach", "den folgenden Dienstag"]
)
def test_weekday_after_a_closed_day_is_the_one_that_was_offered(salon: Salon, stranger: AgentCall, words: str) -> None:
    assert stranger.use("check_availability", **SUNDAY)["data"]["date"] == "2026-05-10"
    told = stranger.use("book_appointment", **CUT, date=words, time="12:00", name="Karl Baum")
    assert told["ok"] and _get_starts(salon) == ["2026-05-12T10:00"], told


@pytest.mark.parametrize("words", ["the Tuesday after that", "the following Tuesday", "den Dienstag drauf", "am nächsten Tag", "that day"])
@pytest.mark.parametrize("name", EVERY_TOOL)
def test_a_reference_to_nothing_is_asked(salon: Salon, stranger: AgentCall, name: str, words: str) -> None:
    told = stranger.use(name, **CUT, date=words, when=words, time="12:00", name="Karl Baum")
    assert (told["ok"], told["code"]) == (False, "ambiguous") and told["say"].endswith("?") and not get_bookings(salon), told


@pytest.mark.parametrize("words", ["Dienstag", "dann am Dienstag um zehn", "Tuesday", "Tuesday is fine", "on Tuesday morning"])
def test_a_weekday_alone_answers_what_was_offered(salon: Salon, stranger: AgentCall, words: str) -> None:
    offered = stranger.use("check_availability", **CUT, date="nächste Woche, nur nicht Montag")["data"]["slots"]
    assert offered[0]["starts_at"].startswith("2026-05-12")
    told = stranger.use("book_appointment", **CUT, date=words, time=None if "zehn" in words else "zehn Uhr", name="Karl Baum")
    assert told["ok"] and _get_starts(salon) == ["2026-05-12T08:00"], told


@pytest.mark.parametrize(
    ("words", "day"), [("diesen Dienstag", "05"), ("Mittwoch", "06"), ("Dienstag, den fünften", "05"), ("Dienstag in zwei Wochen", "19")]
)
def test_a_day_that_was_not_offered_is_the_one_that_is_said(salon: Salon, stranger: AgentCall, words: str, day: str) -> None:
    stranger.use("check_availability", **CUT, date="Dienstag, den 12. Mai")
    told = stranger.use("book_appointment", **CUT, date=words, time="zehn Uhr", name="Karl Baum")
    assert told["ok"] and _get_starts(salon) == [f"2026-05-{day}T08:00"], told


def test_a_reference_to_several_days_is_asked(salon: Salon, stranger: AgentCall) -> None:
    offered = stranger.use("find_next_available", **CUT)["data"]["slots"]
    assert len({slot["starts_at"][:10] for slot in offered}) > 1
    told = stranger.use("book_appointment", **CUT, date="am Tag danach", time="12:00", name="Karl Baum")
    assert (told["ok"], told["code"]) == (False, "ambiguous") and not get_bookings(salon)


def test_the_same_words_after_an_offer_of_their_day_are_asked(salon: Salon, stranger: AgentCall) -> None:
    stranger.use("check_availability", **SUNDAY)
    stranger.use("check_availability", **CUT, date="den Dienstag danach")
    told = stranger.use("book_appointment", **CUT, date="den Dienstag danach", time="12 Uhr", name="Karl Baum")
    assert (told["code"], told["data"]["options"]) == ("ambiguous", ["2026-05-12", "2026-05-19"]) and not get_bookings(salon)


def test_a_booking_that_lacked_a_name_keeps_its_day(salon: Salon, stranger: AgentCall) -> None:
    stranger.use("check_availability", **SUNDAY)
    for wish in ({}, {"name": "Karl Baum"}):
        stranger.use("book_appointment", **CUT, date="den Dienstag danach", time="12 Uhr", **wish)
    assert _get_starts(salon) == ["2026-05-12T10:00"]


def test_an_hour_that_was_checked_is_booked_with_the_same_words(salon: Salon, stranger: AgentCall) -> None:
    stranger.use("check_availability", **SUNDAY)
    wish = CUT | {"date": "den Dienstag danach", "time": "12 Uhr"}
    assert stranger.use("check_availability", **wish)["data"]["requested_free"]
    stranger.use("book_appointment", **wish, name="Karl Baum")
    assert _get_starts(salon) == ["2026-05-12T10:00"]


@pytest.mark.parametrize("words", ["right after that", "gleich danach", "im Anschluss", "straight after"])
@pytest.mark.parametrize("field", ["date", "time"])
def test_right_after_that_is_the_end_of_what_was_booked(salon: Salon, stranger: AgentCall, field: str, words: str) -> None:
    stranger.use("book_appointment", **CUT, date="Freitag", time="15 Uhr", name="Karin Baum")
    told = stranger.use("book_appointment", **CUT, **{field: words}, name="Karl Baum")
    assert told["ok"] and "15:30" in told["data"]["starts_at"] and ("halb vier" in told["say"] or "half past three" in told["say"])
    assert _get_starts(salon) == ["2026-05-08T13:00", "2026-05-08T13:30"]


def test_right_after_a_booking_is_asked_when_another_day_was_spoken_of_since(salon: Salon, stranger: AgentCall) -> None:
    stranger.use("book_appointment", **CUT, date="Freitag", time="15 Uhr", name="Karin Baum")
    stranger.use("check_availability", **CUT, date="Mittwoch")
    told = stranger.use("book_appointment", **CUT, time="gleich danach", name="Karl Baum")
    assert (told["ok"], len(get_bookings(salon))) == (False, 1) and told["say"] == "Um wie viel Uhr passt es Ihnen?"


def test_an_hour_later_is_told_from_the_time_that_was_asked(salon: Salon, stranger: AgentCall) -> None:
    stranger.use("book_appointment", **CUT, date="Freitag", time="10 Uhr", name="Karin Baum")
    stranger.use("check_availability", **CUT, date="Freitag", time="15 Uhr")
    told = stranger.use("check_availability", **CUT, date="Freitag", time="eine Stunde später")
    assert told["data"]["time"] == "16:00"


def test_an_appointment_moves_to_the_weekday_after_it(salon: Salon, agent_call: AgentCall) -> None:
    book(salon, "2026-05-14T10:00", customer="Svea Thomsen")
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3. März 1985")
    told = agent_call.use("reschedule_appointment", date="14. Mai", new_date="the following Tuesday", new_time="same time")
    assert told["ok"] and _get_starts(salon) == ["2026-05-19T08:00"], told
