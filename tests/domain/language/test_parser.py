"""Words about time: a table of what people say and what it means, and both days on which the clocks change."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from hypothesis import given, strategies as st

from app.domain.language.parser import parse_time_expression, read_time
from app.domain.language.time_expression import Language, TimeExpression, to_utc
from tests.support.tables import each_row

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TABLE = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "expressions.txt").read_text(encoding="utf-8").splitlines()
    if "|" in line and not line.startswith("#")
]
# a Friday afternoon, the eve of a year, and the two nights in which the clocks change (at 2:00 and at 3:00)
FRIDAY, NEW_YEARS_EVE = "2026-11-20T15:00+01:00", "2026-12-31T22:00+01:00"
FORWARD, BACK = "2027-03-28T00:30+01:00", "2027-10-31T00:30+02:00"
LEAP_EVE, NO_LEAP = "2028-02-28T10:00+01:00", "2027-02-28T10:00+01:00"
TWICE = "? 2027-10-31T02:30:00+02:00 2027-10-31T02:30:00+01:00"
ON_OTHER_DAYS = [
    (FRIDAY, "Freitag", "? 2026-11-20 2026-11-27"),
    (FRIDAY, "Freitag um 16 Uhr", "? 2026-11-20 2026-11-27"),
    (FRIDAY, "Freitag um 10 Uhr", "2026-11-27 10:00"),
    (FRIDAY, "diesen Freitag", "2026-11-20"),
    (FRIDAY, "nächsten Freitag um halb drei", "2026-11-27 14:30"),
    (FRIDAY, "übernächsten Freitag", "2026-12-04"),
    (FRIDAY, "nächste Woche Freitag", "2026-11-27"),
    (FRIDAY, "Montag oder Dienstag", "? 2026-11-23 2026-11-24"),
    (FRIDAY, "friday the 27th", "2026-11-27"),
    (NEW_YEARS_EVE, "morgen", "2027-01-01"),
    (NEW_YEARS_EVE, "am 1.", "2027-01-01"),
    (NEW_YEARS_EVE, "31.12.", "2026-12-31"),
    (NEW_YEARS_EVE, "nächsten Monat", "2027-01-01..2027-01-31"),
    (NEW_YEARS_EVE, "in einem Monat", "2027-01-31"),
    (NEW_YEARS_EVE, "nächste Woche", "2027-01-04..2027-01-10"),
    (FORWARD, "28. März um 2 Uhr 30 nachts", "?"),
    (FORWARD, "2027-03-28T02:30", "?"),
    (FORWARD, "2027-03-28T01:30:00Z", "2027-03-28 03:30"),
    (FORWARD, "28.3. um halb drei", "2027-03-28 14:30"),
    (FORWARD, "in zwei Stunden", "2027-03-28 03:30"),
    (FORWARD, "in einer Stunde", "2027-03-28 01:30"),
    (FORWARD, "morgen um 02:30", "2027-03-29 02:30"),
    (FORWARD, "heute um 3 Uhr nachts", "2027-03-28 03:00"),
    (BACK, "heute um 02:30", TWICE),
    (BACK, "31. Oktober um halb drei nachts", TWICE),
    (BACK, "today at 2:30 am", TWICE),
    (BACK, "31.10. um halb drei", "2027-10-31 14:30"),
    (BACK, "in zwei Stunden", "2027-10-31 02:30"),
    (BACK, "in 3 hours", "2027-10-31 02:30"),
    (BACK, "in vier Stunden", "2027-10-31 03:30"),
    (BACK, "heute um 3 Uhr nachts", "2027-10-31 03:00"),
    (BACK, "heute um 02:30 Winterzeit", "2027-10-31 02:30"),
    (BACK, "heute um viertel drei nachts", "? 2027-10-31T02:15:00+02:00 2027-10-31T02:15:00+01:00"),
    (BACK, "heute in acht Tagen um halb drei", "2027-11-07 14:30"),
    (BACK, "in 24 Stunden", "2027-10-31 23:30"),
    (FORWARD, "heute um viertel drei nachts", "?"),
    (FORWARD, "heute um drei viertel drei nachts", "?"),
    (FORWARD, "in 24 Stunden", "2027-03-29 01:30"),
    (FORWARD, "morgen in einer Woche", "2027-04-05"),
    (NEW_YEARS_EVE, "Montag in einer Woche", "2027-01-11"),
    (NEW_YEARS_EVE, "übernächsten Dienstag", "2027-01-12"),
    (NEW_YEARS_EVE, "a week on Thursday", "2027-01-07"),
    (NEW_YEARS_EVE, "Ende des Monats", "2026-12-31"),
    (NEW_YEARS_EVE, "heute in acht Tagen", "2027-01-07"),
    (LEAP_EVE, "morgen", "2028-02-29"),
    (LEAP_EVE, "übermorgen", "2028-03-01"),
    (LEAP_EVE, "am 29.", "2028-02-29"),
    (LEAP_EVE, "am 30.", "2028-03-30"),
    (LEAP_EVE, "Ende Februar", "2028-02-28..2028-02-29"),
    (LEAP_EVE, "heute in vierzehn Tagen", "2028-03-13"),
    (NO_LEAP, "morgen", "2027-03-01"),
    (NO_LEAP, "am 29.", "2027-03-29"),
    (NO_LEAP, "29. Februar", "2028-02-29"),
    (NO_LEAP, "29.2.2027", "?"),
]


def told(when: TimeExpression) -> str:
    """As the table writes it."""
    if when.question:
        return " ".join(["?", *when.options])
    days = when.day.isoformat() if when.day else ""
    if when.day_from:
        days = f"{when.day_from}..{when.day_to if when.day_to and when.day_to != date.max else ''}"
    window = f"{shown(when.at_from)}-{shown(when.at_to)}" if when.at_from or when.at_to else ""
    return " ".join(filter(None, (days, shown(when.at), window, when.part)))


def shown(at: time | None) -> str:
    return at.strftime("%H:%M") if at is not None else ""


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) > 350


@each_row("language", ["de", "en"])
@each_row("text, meaning", TABLE)
def test_what_people_say_is_understood(text: str, meaning: str, language: Language) -> None:
    assert told(parse_time_expression(text, NOW, ZONE, language)) == meaning


@each_row("now, text, meaning", ON_OTHER_DAYS)
def test_it_depends_on_the_day_it_is_said(now: str, text: str, meaning: str) -> None:
    assert told(parse_time_expression(text, datetime.fromisoformat(now), ZONE)) == meaning


def test_the_two_passes_of_a_repeated_hour_are_kept_apart() -> None:
    first, second = (
        parse_time_expression(text, datetime.fromisoformat(BACK), ZONE)
        for text in ("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00")
    )
    assert first.day and second.day and first.at and second.at
    assert (to_utc(second.day, second.at, ZONE) - to_utc(first.day, first.at, ZONE)).total_seconds() == 3600


@each_row(
    "text, language, meaning",
    [
        ("3/4", "de", "2027-04-03"),
        ("3/4", "en", "? 2027-03-04 2027-04-03"),
        ("31/12", "en", "2026-12-31"),
        ("12/31", "en", "2026-12-31"),
        ("12/31", "de", "2026-12-31"),
        ("11/11", "en", "2027-11-11"),
        ("12/3/2026", "en", "2026-12-03"),
    ],
)
def test_slashes_are_read_as_the_language_writes_them(text: str, language: Language, meaning: str) -> None:
    assert told(parse_time_expression(text, NOW, ZONE, language)) == meaning


@each_row(
    "text, meaning",
    [("10", "10:00"), ("3", "15:00"), ("14 30", "14:30"), ("9.15", "09:15"), ("halb drei", "14:30"), ("14:30:00", "14:30")],
)
def test_a_bare_number_is_an_hour_where_a_time_is_asked_for(text: str, meaning: str) -> None:
    assert told(read_time(text, NOW, ZONE)) == meaning


@each_row(
    "text, language, question",
    [
        ("Freitag oder Samstag", "de", "Meinen Sie übermorgen, Freitag, den 27. November, oder Samstag, den 28. November?"),
        ("Monday or Tuesday", "en", "Do you mean Monday, 30 November, or Tuesday, 1 December?"),
        ("Freitag, den 3. Dezember", "de", "Das ist Donnerstag, der 3. Dezember. Meinen Sie diesen Tag oder Freitag, den 4. Dezember?"),
        ("31. Februar", "de", "Den 31. Februar gibt es nicht. Welchen Tag meinen Sie?"),
        ("30 February", "en", "There is no 30 February. Which day do you mean?"),
        ("um 10 oder halb elf", "de", "Meinen Sie 10 Uhr oder halb elf?"),
        ("vormittags oder nachmittags", "de", "Lieber vormittags oder nachmittags?"),
        (
            "2027-03-28T02:30",
            "de",
            "Am Sonntag, dem 28. März, werden die Uhren vorgestellt: 2:30 gibt es da nicht. Welche Uhrzeit passt Ihnen?",
        ),
        ("2027-10-31T02:30", "en", "2:30 comes twice on Sunday, 31 October. Before or after the clocks go back?"),
        ("blau", "de", "Für welchen Tag und welche Uhrzeit?"),
        ("not on Friday", "en", "Which day would suit you, then?"),
    ],
)
def test_what_is_not_clear_is_asked_back_in_a_whole_sentence(text: str, language: Language, question: str) -> None:
    when = parse_time_expression(text, NOW, ZONE, language)
    assert (when.is_ambiguous, when.question) == (True, question)


WORDS = sorted({word for text, _ in TABLE for word in text.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | st.text(max_size=60), st.sampled_from(["de", "en"]))
def test_nothing_that_is_said_is_too_much(text: str, language: Language) -> None:
    """Either it means something or there is a question; never an error, never half of both."""
    when = parse_time_expression(text, NOW, ZONE, language)
    assert when.question or when.names_a_day or when.names_a_time
    assert not (when.question and (when.names_a_day or when.names_a_time))
    when.as_data()
