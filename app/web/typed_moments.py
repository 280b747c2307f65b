"""Days and times of day as people type them, "3.12.", "9:30", "halb zehn", and how fields show them in the reader's language."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import get_locale

from app.core.clock import now
from app.core.locale import reader_timezone
from app.domain.language.parsed_time import TimeExpression
from app.domain.language.parser import parse_time_expression

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# day before month in both languages, as in Germany and in Britain; without a year the next such day is meant
NUMERIC_DAY = re.compile(r"(\d{1,2})\s?[./]\s?(\d{1,2})(?:[./]\s?(\d{4}|\d{2})?)?", re.ASCII)
# 9:30, 9.30, 930, 9, 9 Uhr, 9 Uhr 30, with seconds that are dropped
NUMERIC_CLOCK = re.compile(r"(\d{1,2})(?:(?:[:.]|\s?uhr\s?)?(\d{2})(?::\d{2})?|\s?uhr)?", re.ASCII | re.IGNORECASE)
DAY_PATTERNS = {"de": "%d.%m.%Y", "en": "%d/%m/%Y"}
MAX_TYPED_LENGTH = 40


def read_day(text: str) -> date | None:
    """The day that is meant; None for what cannot be read or is no day."""
    text = " ".join(text.split())
    try:
        if ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
        if match := NUMERIC_DAY.fullmatch(text):
            return _complete(int(match[1]), int(match[2]), match[3])
    except ValueError:
        return None
    words = _read_words(text)
    return words.day if words and not words.names_a_time else None


def read_clock(text: str) -> time | None:
    """The time of day that is meant; None for what cannot be read or is none."""
    text = " ".join(text.split())
    if match := NUMERIC_CLOCK.fullmatch(text):
        try:
            return time(int(match[1]), int(match[2] or 0))
        except ValueError:
            return None
    words = _read_words(text)
    return words.at if words and not words.names_a_day else None


def read_moment(text: str) -> datetime | None:
    """A day and a time behind it: "3.12.2026 9:30", or in ISO form."""
    day, _blank, clock = text.strip().replace(",", " ").replace("T", " ").rpartition(" ")
    if (local_day := read_day(day)) is None or (at := read_clock(clock)) is None:
        return None
    return datetime.combine(local_day, at)


def show_moment(value: object, kind: str) -> str:
    """The text of a field for a day, a time or both, given in ISO form; what was typed and cannot be read stays as it is."""
    text = str(value or "")
    try:
        if kind == "date":
            return date.fromisoformat(text).strftime(_get_pattern())
        if kind == "datetime-local":
            return datetime.fromisoformat(text).strftime(f"{_get_pattern()} %H:%M")
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError:
        return text


def _get_pattern() -> str:
    return DAY_PATTERNS[get_locale().language]


def _complete(day: int, month: int, year: str | None) -> date:
    """Raises ValueError for a day that does not exist."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    today = now().astimezone(ZoneInfo(reader_timezone())).date()
    # the 29th of February comes within eight years
    years = range(today.year, today.year + 9)
    upcoming = (date(each, month, day) for each in years if (month, day) != (2, 29) or _is_leap(each))
    return next(candidate for candidate in upcoming if candidate >= today)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _read_words(text: str) -> TimeExpression | None:
    """What the words say, when there is no question about them."""
    if not text or len(text) > MAX_TYPED_LENGTH or not any(letter.isalpha() for letter in text):
        return None
    words = parse_time_expression(text, now(), reader_timezone(), get_locale().language)
    return None if words.is_ambiguous else words
