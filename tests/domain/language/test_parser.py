"""Words about time: a table of what people say and what it means, and both days on which the clocks change."""

from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from app.domain.language.parsed_time import Language, TimeExpression, to_utc
from app.domain.language.parser import parse_date_and_time, parse_date_range, parse_time_expression
from tests.support.tables import each_row

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def _read_table(name: str) -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split("|")) for line in lines if "|" in line and not line.startswith("#")]


def _read_utterances() -> list[tuple[str, ...]]:
    """Rows under the moment at which they are said."""
    rows, moment = [], ""
    for line in (Path(__file__).parent / "utterances.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            moment = line.split()[1]
        elif "|" in line and not line.startswith("#"):
            rows.append((moment, *(part.strip() for part in line.split("|"))))
    return rows


TABLE = _read_table("expressions.txt")
UTTERANCES = _read_utterances()
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
    ("2027-03-28T01:30+01:00", "in zwei Stunden", "2027-03-28 04:30"),
    ("2027-03-28T01:30+01:00", "in half an hour", "2027-03-28 03:00"),
    ("2027-03-28T01:30+01:00", "in anderthalb Stunden", "2027-03-28 04:00"),
    ("2027-03-27T22:00+01:00", "in fünf Stunden", "2027-03-28 04:00"),
    ("2027-10-30T22:00+02:00", "in 6 hours", "2027-10-31 03:00"),
    # the end of a day, and the night that follows an evening
    (FRIDAY, "31.12. um 24 Uhr", "2027-01-01 00:00"),
    (FRIDAY, "am 24. November um 24:00", "2026-11-25 00:00"),
    (FRIDAY, "2026-11-24 24:00", "2026-11-25 00:00"),
    (FRIDAY, "heute um Mitternacht", "2026-11-21 00:00"),
    (FRIDAY, "Samstag um Mitternacht", "? 2026-11-21T00:00 2026-11-22T00:00"),
    (FRIDAY, "heute Abend um zwölf", "2026-11-21 00:00"),
    (FRIDAY, "von 22 bis 24 Uhr", "22:00-23:59"),
    (FRIDAY, "morgen um 0 Uhr", "2026-11-21 00:00"),
    (NEW_YEARS_EVE, "heute Nacht um eins", "2027-01-01 01:00"),
    (NEW_YEARS_EVE, "heute Nacht um elf", "2026-12-31 23:00"),
    (FRIDAY, "heute Nacht um halb zwei", "2026-11-21 01:30"),
    (FRIDAY, "Samstag Nacht um eins", "? 2026-11-21T01:00 2026-11-22T01:00"),
    (FORWARD, "heute Nacht um eins", "2027-03-28 01:00"),
    # an hour that has passed is not taken for this morning's
    ("2026-11-20T10:15+01:00", "heute um acht", "? 20:00"),
    (FRIDAY, "today at nine", "2026-11-20 21:00"),
    (FRIDAY, "heute um 9 Uhr", "2026-11-20 09:00"),
    # a correction keeps the week or the month that was named
    (FRIDAY, "übernächste Woche Dienstag, nein, Mittwoch", "? 2026-11-25 2026-12-02"),
    (FRIDAY, "am dritten Februar, ach nein, am vierten", "2027-02-04"),
    (FRIDAY, "am 25. nächsten Monats", "2026-12-25"),
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
    """As the tables write it; beside a question only what could be meant."""
    return " ".join(["?", *when.options]) if when.question else known(when)


def known(when: TimeExpression) -> str:
    """What is known, with a question or without."""
    days = when.day.isoformat() if when.day else ""
    if when.day_from:
        days = " not ".join([f"{when.day_from}..{when.day_to or ''}", *map(str, when.excluded_days)])
    window = f"{shown(when.at_from)}-{shown(when.at_to)}" if when.at_from or when.at_to else ""
    return " ".join(filter(None, (days, shown(when.at), window, when.part)))


def shown(at: time | None) -> str:
    return at.strftime("%H:%M") if at is not None else ""


def test_the_tables_are_long_enough() -> None:
    assert len(TABLE) > 350
    assert len(UTTERANCES) > 500


@each_row("language", ["de", "en"])
@each_row("text, meaning", TABLE)
def test_what_people_say_is_understood(text: str, meaning: str, language: Language) -> None:
    assert told(parse_time_expression(text, NOW, ZONE, language)) == meaning


@each_row("moment, text, meaning", UTTERANCES)
def test_what_is_heard_is_understood_or_asked_about(moment: str, text: str, meaning: str) -> None:
    """With hesitations, corrections, dialects and misheard words; what is known stays beside the question."""
    when = parse_time_expression(text, datetime.fromisoformat(moment), ZONE)
    asked = f"{' '.join(filter(None, ['?', known(when)]))}{'; ' if when.options else ''}{' '.join(when.options)}"
    assert (asked if when.question else known(when)) == meaning


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
    assert told(parse_date_and_time(None, text, None, now=NOW, timezone=ZONE)) == meaning


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


@each_row(
    "text, language, question",
    [
        ("Dienstag um Dings", "de", "Um wie viel Uhr am Dienstag, dem 1. Dezember?"),
        ("on Tuesday at wotsit", "en", "What time on Tuesday, 1 December?"),
        ("Dienstag, wenn es dunkel wird", "de", "Um wie viel Uhr am Dienstag, dem 1. Dezember?"),
        ("am Blaumontag um halb elf", "de", "An welchem Tag um halb elf?"),
        ("nach den Ferien, nachmittags", "de", "An welchem Tag nachmittags?"),
        ("after the holidays at three", "en", "Which day at 3 pm?"),
        ("Samstag um Mitternacht", "de", "Meinen Sie die Nacht von Freitag auf Samstag oder von Samstag auf Sonntag?"),
        ("any day but Monday", "en", "Which day would suit you, then?"),
    ],
)
def test_only_the_part_that_was_not_understood_is_asked_about(text: str, language: Language, question: str) -> None:
    assert parse_time_expression(text, NOW, ZONE, language).question == question


@each_row(
    "day, time, part, meaning",
    [
        # a span of hours is no offset from UTC, and no hour is joined to the day before it is read
        ("2027-06-22", "15:00-16:00", None, "2027-06-22 15:00-16:00"),
        ("2027-06-22", "9-11", None, "2027-06-22 09:00-11:00"),
        ("2027-06-22", "von 15 bis 16 Uhr", None, "2027-06-22 15:00-16:00"),
        ("2027-06-22", "14:00 - 02:00", None, "? 14:00 02:00"),
        ("2027-06-22T15:00-16:00", None, None, "2027-06-22 15:00-16:00"),
        ("2027-06-22 15:00", "15:00", None, "2027-06-22 15:00"),
        ("2027-06-22T09:00:00+02:00", "09:00", None, "2027-06-22 09:00"),
        ("2027-06-22T15:00", "16:00", None, "? 15:00 16:00"),
        ("3.12.", "14", None, "2026-12-03 14:00"),
        ("24", "3", None, "2026-12-24 15:00"),
        ("Dienstag", "drei", "nachmittags", "2026-12-01 15:00"),
        ("Dienstag", "7", "evening", "2026-12-01 19:00"),
        ("Dienstag", None, "lunch", "2026-12-01 noon"),
        ("Dienstag, nein, Donnerstag", "10", None, "2026-11-26 10:00"),
        ("heute Nacht", "1 Uhr", None, "2026-11-26 01:00"),
        ("2026-12-31", "24:00", None, "2027-01-01 00:00"),
        ("31.12.", "24 Uhr", None, "2027-01-01 00:00"),
        ("Freitag um drei", "15 Uhr", None, "2026-11-27 15:00"),
        ("Freitag", "ab drei", "nachmittags", "2026-11-27 15:00- afternoon"),
        ("Freitag", "Dings", None, "?"),
        ("Dings", "15 Uhr", None, "?"),
        (None, "halb drei", None, "14:30"),
    ],
)
def test_day_and_time_are_read_each_by_itself(day: str | None, time: str | None, part: str | None, meaning: str) -> None:
    assert told(parse_date_and_time(day, time, part, now=NOW, timezone=ZONE)) == meaning


@each_row(
    "first, last, part, meaning",
    [
        ("2026-12-01", "2026-12-04", None, "2026-12-01..2026-12-04"),
        ("Montag", "Mittwoch", "vormittags", "2026-11-30..2026-12-02 morning"),
        ("Freitag", "Dienstag", None, "2026-11-27..2026-12-01"),
        ("nächste Woche", "nächste Woche", None, "2026-11-30..2026-12-06"),
        ("Montag", None, None, "2026-11-30.."),
        (None, "Freitag", None, "2026-11-25..2026-11-27"),
        ("2026-12-01T09:00", "2026-12-01T12:00", None, "2026-12-01 09:00-12:00"),
        ("Montag", "Dings", None, "?"),
    ],
)
def test_first_and_last_day_are_read_each_by_itself(first: str | None, last: str | None, part: str | None, meaning: str) -> None:
    assert told(parse_date_range(first, last, part, now=NOW, timezone=ZONE)) == meaning


@each_row(
    "text", ["ab Montag", "ab dem 3. Dezember", "nach Weihnachten", "from Monday on", "so bald wie möglich", "frühestens nächste Woche"]
)
def test_an_open_end_is_no_date(text: str) -> None:
    data = parse_time_expression(text, NOW, ZONE).as_data()
    assert "date_from" in data
    assert "date_to" not in data


@each_row("zone", [None, "Europe/Berlin"])
def test_a_length_of_time_is_elapsed_time_whatever_clock_it_is_said_by(zone: str | None) -> None:
    now = datetime.fromisoformat("2027-03-28T00:30+00:00")
    when = parse_time_expression("in zwei Stunden", now.astimezone(ZoneInfo(zone)) if zone else now, ZONE)
    assert told(when) == "2027-03-28 04:30"


WORDS = sorted({word for *_, text, _meaning in TABLE + UTTERANCES for word in text.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | st.text(max_size=60), st.sampled_from(["de", "en"]))
def test_nothing_that_is_said_is_too_much(text: str, language: Language) -> None:
    """Either it means something or there is a question; never an error, and no question where day and time are known."""
    when = parse_time_expression(text, NOW, ZONE, language)
    assert when.question or when.names_a_day or when.names_a_time
    assert not (when.question and when.day and when.at is not None)
    when.as_data()
