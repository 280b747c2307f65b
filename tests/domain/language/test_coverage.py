"""Days and times put together at random: the meaning that was put in comes out, or a question, and never another one."""

import random
from datetime import UTC, datetime

import pytest

from app.domain.language.parsed_time import Language, TimeExpression
from app.domain.language.parser import parse_time_expression

ZONE, NOW = "Europe/Berlin", datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
DAYS: dict[Language, dict[str, str]] = {
    "de": {
        "am Montag": "2026-11-23", "Dienstag": "2026-11-24", "am Mittwoch": "2026-11-25", "kommenden Donnerstag": "2026-11-26",
        "nächste Woche Freitag": "2026-11-27", "am dritten Dezember": "2026-12-03", "am 3.12.": "2026-12-03", "morgen": "2026-11-21",
        "übermorgen": "2026-11-22", "in zwei Wochen": "2026-12-04", "Montag in einer Woche": "2026-11-30", "am mitwoch": "2026-11-25",
        "übernächste Woche Dienstag": "2026-12-01", "am Nikolaustag": "2026-12-06", "am ersten Montag im Dezember": "2026-12-07",
        "am Donnerschdag": "2026-11-26", "am letzten Freitag im Monat": "2026-11-27", "am 24. November": "2026-11-24",
    },
    "en": {
        "on Monday": "2026-11-23", "Tuesday": "2026-11-24", "this Wednesday": "2026-11-25", "Thursday next week": "2026-11-26",
        "the third of December": "2026-12-03", "December 3rd": "2026-12-03", "tomorrow": "2026-11-21", "in two weeks": "2026-12-04",
        "the day after tomorrow": "2026-11-22", "the first Monday in December": "2026-12-07", "wensday": "2026-11-25",
        "the last Friday of the month": "2026-11-27", "Tuesday week": "2026-12-01", "24 November": "2026-11-24",
    },
}  # fmt: skip
TIMES: dict[Language, dict[str, str]] = {
    "de": {
        "um drei": "15:00", "um halb drei": "14:30", "um viertel nach neun": "09:15", "um 14 Uhr 30": "14:30", "gegen zehn": "10:00",
        "um zehne": "10:00", "so um acht rum": "08:00", "um dreiviertel neun": "08:45", "um 9:30": "09:30", "punkt elf": "11:00",
        "um fünf vor halb neun": "08:25", "abends um sieben": "19:00", "um vierzehn Uhr fünfzehn": "14:15", "früh um acht": "08:00",
    },
    "en": {
        "at three": "15:00", "at half past two": "14:30", "at quarter past nine": "09:15", "at 2:30 pm": "14:30", "around ten": "10:00",
        "at nine oh five": "09:05", "at 330": "15:30", "tenish": "10:00", "at noon": "12:00", "at eleven o'clock": "11:00",
        "twenty to five": "16:40", "at 4:45 pm": "16:45",
    },
}  # fmt: skip
FILLED: dict[Language, tuple[str, ...]] = {
    "de": (
        "{day} {time}", "{time} {day}", "äh {day} äh {time}", "ja also {day}, {time}", "geht {day} {time}?", "{day}... {time}",
        "ich hätte gern {day} {time} einen Termin", "{day} {time}, wenn das geht", "mein Name ist Keller, {day} {time}",
        "für zwei Personen {day} {time}", "{day} und zwar {time}", "{day} {time}, Hausnummer 12", "{day} passt mir gut, {time}",
    ),
    "en": (
        "{day} {time}", "{time} {day}", "uh {day} uh {time}", "yeah so {day}, {time}", "could you do {day} {time}",
        "how about {day} {time}?", "I'm 67 and would like {day} {time}", "{day} {time} if that works", "maybe {day} maybe {time}",
    ),
}  # fmt: skip
CORRECTIONS: dict[Language, tuple[str, ...]] = {
    "de": (", nein, ", " nein ", ", ach quatsch, ", " äh nee lieber ", ", Entschuldigung, ich meine ", " Moment nein ", ". Nein, "),
    "en": (", no, ", " no wait ", ", sorry, ", " I mean ", ", actually ", ", scratch that, ", ". No, "),
}
EXCLUSIONS: dict[Language, tuple[str, ...]] = {
    "de": (
        "{other} geht nicht, {day} {time}",
        "nicht {other}, sondern {day} {time}",
        "{day} {time} statt {other}",
        "{day} {time}, nicht {other}",
    ),
    "en": (
        "{other} doesn't work, {day} {time}",
        "not {other} but {day} {time}",
        "{day} {time} instead of {other}",
        "I'm busy {other}, {day} {time}",
    ),
}
NONSENSE: dict[Language, tuple[str, ...]] = {
    "de": ("{day} um Dings", "{day} um Blumfink", "am Quasselig {time}", "{day} nach Kralle {time}", "{day} nach der Flotz"),
    "en": ("{day} at wibble", "{day} at thingy", "on grunkle {time}", "{day} after florp {time}", "{day} after the snazzle"),
}
ROUNDS = 150


def known(when: TimeExpression) -> str:
    return f"{when.day} {when.at:%H:%M}" if when.day and when.at is not None else "incomplete"


def pick(language: Language, rng: random.Random) -> tuple[tuple[str, str], tuple[str, str]]:
    return rng.choice(list(DAYS[language].items())), rng.choice(list(TIMES[language].items()))


@pytest.mark.parametrize("language", ["de", "en"])
def test_fillers_change_no_meaning(language: Language) -> None:
    rng = random.Random(1)
    for _ in range(ROUNDS):
        (day, date), (time, clock) = pick(language, rng)
        said = rng.choice(FILLED[language]).format(day=day, time=time)
        when = parse_time_expression(said, NOW, ZONE, language)
        assert known(when) == f"{date} {clock}", said


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_correction_counts_or_is_asked_about(language: Language) -> None:
    rng = random.Random(2)
    for _ in range(ROUNDS):
        (day, date), (time, clock) = pick(language, rng)
        (later_day, later_date), (later_time, later_clock) = pick(language, rng)
        correction = rng.choice(CORRECTIONS[language])
        said, meant = rng.choice(
            [
                (f"{day} {time}{correction}{later_day}", f"{later_date} {clock}"),
                (f"{day} {time}{correction}{later_time}", f"{date} {later_clock}"),
                (f"{day} {time}{correction}{later_day} {later_time}", f"{later_date} {later_clock}"),
            ]
        )
        when = parse_time_expression(said, NOW, ZONE, language)
        assert when.question or known(when) == meant, said


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_excluded_is_never_meant(language: Language) -> None:
    rng = random.Random(3)
    for _ in range(ROUNDS):
        (day, date), (time, clock) = pick(language, rng)
        other = rng.choice([words for words, its in DAYS[language].items() if its != date])
        said = rng.choice(EXCLUSIONS[language]).format(day=day, time=time, other=other)
        when = parse_time_expression(said, NOW, ZONE, language)
        assert when.question or known(when) == f"{date} {clock}", said


@pytest.mark.parametrize("language", ["de", "en"])
def test_alternatives_are_asked_about(language: Language) -> None:
    rng = random.Random(4)
    joint = {"de": " oder ", "en": " or "}[language]
    for _ in range(ROUNDS):
        (day, date), (time, clock) = pick(language, rng)
        other = rng.choice([words for words, its in DAYS[language].items() if its != date])
        later = rng.choice([words for words, its in TIMES[language].items() if its != clock])
        said = rng.choice([f"{day}{joint}{other} {time}", f"{day} {time}{joint}{later}", f"{day} {time}{joint}{other} {later}"])
        assert parse_time_expression(said, NOW, ZONE, language).question, said


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_word_that_means_nothing_is_asked_about(language: Language) -> None:
    rng = random.Random(5)
    for _ in range(ROUNDS):
        (day, _date), (time, _clock) = pick(language, rng)
        said = rng.choice(NONSENSE[language]).format(day=day, time=time)
        assert parse_time_expression(said, NOW, ZONE, language).question, said
