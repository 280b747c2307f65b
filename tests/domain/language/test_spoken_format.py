"""How we say days and times: as people do, and so that our own grammar reads the same out of it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.language.parsed_time import Language
from app.domain.language.parser import parse_time_expression
from app.domain.language.spoken_format import say_day, say_hours, say_length, say_moment, say_price, say_slots, say_time

TODAY = date(2026, 11, 25)
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "german", "english"),
    [
        ("2026-12-03T14:30", "am Donnerstag, dem 3. Dezember, um halb drei", "on Thursday, 3 December at half past two"),
        ("2026-12-03T09:00", "am Donnerstag, dem 3. Dezember, um 9 Uhr", "on Thursday, 3 December at 9 am"),
        ("2026-12-03T10:15", "am Donnerstag, dem 3. Dezember, um Viertel nach zehn", "on Thursday, 3 December at a quarter past ten"),
        ("2026-12-03T08:45", "am Donnerstag, dem 3. Dezember, um Viertel vor neun", "on Thursday, 3 December at a quarter to nine"),
        ("2026-12-03T19:30", "am Donnerstag, dem 3. Dezember, um 19 Uhr 30", "on Thursday, 3 December at 7:30 pm"),
        ("2026-12-03T12:00", "am Donnerstag, dem 3. Dezember, um 12 Uhr", "on Thursday, 3 December at noon"),
        ("2026-11-25T16:00", "heute um 16 Uhr", "today at 4 pm"),
        ("2026-11-26T10:30", "morgen, Donnerstag, den 26. November, um halb elf", "tomorrow, Thursday, 26 November at half past ten"),
        ("2027-09-01T10:10", "am Mittwoch, dem 1. September 2027, um 10 Uhr 10", "on Wednesday, 1 September 2027 at 10:10 am"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment: str, german: str, english: str) -> None:
    assert say_moment(at(moment), "de", today=TODAY) == german
    assert say_moment(at(moment), "en", today=TODAY) == english


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_we_say_is_read_as_what_we_meant(language: Language) -> None:
    """Every five minutes of the day, on days near and far."""
    for days in (0, 1, 2, 6, 40, 250):
        for minutes in range(0, 1440, 5):
            moment = datetime.combine(TODAY + timedelta(days), time(minutes // 60, minutes % 60), BERLIN)
            said = say_moment(moment, language, today=TODAY)
            # an hour of today that has passed is asked about
            when = parse_time_expression(said, min(NOW, moment), "Europe/Berlin", language)
            assert (when.day, when.at) == (moment.date(), moment.time()), said


def test_free_times_are_told_day_by_day() -> None:
    moments = [at("2026-12-03T09:00"), at("2026-12-03T10:30"), at("2026-12-03T14:00")]
    assert say_slots(moments, "de", today=TODAY) == "am Donnerstag, dem 3. Dezember, um 9 Uhr, um halb elf oder um 14 Uhr"
    assert say_slots(moments, "en", today=TODAY) == "on Thursday, 3 December at 9 am, at half past ten or at 2 pm"
    two_days = [*moments[:2], at("2026-12-04T09:00")]
    assert say_slots(two_days, "de", today=TODAY) == (
        "am Donnerstag, dem 3. Dezember, um 9 Uhr und um halb elf, oder am Freitag, dem 4. Dezember, um 9 Uhr"
    )
    assert say_slots(moments[:1], "de", today=TODAY) == "am Donnerstag, dem 3. Dezember, um 9 Uhr"


def test_days_stand_in_the_case_that_the_sentence_needs() -> None:
    day = date(2026, 12, 3)
    assert say_day(day, "de", case="the") == "Donnerstag, der 3. Dezember"
    assert say_day(day, "de", case="until") == "Donnerstag, den 3. Dezember"
    assert say_day(day, "en", case="the") == "Thursday, 3 December"


def test_lengths_prices_and_hours_are_words() -> None:
    assert [say_length(minutes, "de") for minutes in (45, 60, 90, 150)] == [
        "45 Minuten",
        "eine Stunde",
        "anderthalb Stunden",
        "2 Stunden und 30 Minuten",
    ]
    assert [say_length(minutes, "en") for minutes in (60, 75)] == ["an hour", "an hour and 15 minutes"]
    assert [say_price(5850, language) for language in ("de", "en")] == ["58 Euro 50", "58 euros 50"]
    spans = [(time(9), time(13)), (time(14), time(18, 30))]
    assert say_hours(spans, "de") == "von 9 Uhr bis 13 Uhr und von 14 Uhr bis 18 Uhr 30"
    assert say_hours(spans[:1], "en") == "from 9 am to 1 pm"
    assert say_time(time(0), "de") == "0 Uhr"
