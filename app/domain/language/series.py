"""Recognises a series of appointments ("ab dem 15. Dezember, immer dienstags alle vier Wochen") and lists its first days."""

import re
from datetime import date, datetime, timedelta

from app.domain.language.parser import parse_date_and_time
from app.domain.language.vocabulary import WEEKDAY, WEEKDAYS, fold, replace_number_words

COUNT = r"(?:(?P<count>\d{1,2})|(?P<other>zwei(?:te|ten)|2\.|other|second|andere[nr]?)|(?P<plain>)) ?"
UNIT = r"(?P<unit>wochen?|weeks?|tage?|days?|monate?|months?)"
EVERY = re.compile(rf"\b(?:alle|jede[nsr]?|every|each) {COUNT}{UNIT}\b")
OFTEN = re.compile(
    r"\b(?:(?P<weekly>woechentlich|weekly|once a week|einmal die woche|regelmaessig|regularly|als serie|as a series)"
    r"|(?P<fortnightly>vierzehntaegig|14-?taegig|zweiwoechentlich|fortnightly)"
    r"|(?P<monthly>monatlich|monthly|once a month|einmal im monat))\b"
)
ON_WEEKDAYS = re.compile(
    rf"\b(?:(?:immer|jede[nrs]?|every|each|always)(?: (?P<other>zweiten?|2\.|other|second))?(?: (?:am|on|den))? {WEEKDAY})"
)
# "jeden Tag geht": when it suits, and no series
MIN_INTERVAL = timedelta(days=7)
MAX_DAYS = 3


def list_series_days(words: str | None, now: datetime, timezone: str, today: date) -> list[date]:
    """List the first days of the series that the words ask for; none where they ask for one appointment."""
    text = replace_number_words(fold(words or ""))
    every, often, weekdays = EVERY.search(text), OFTEN.search(text), ON_WEEKDAYS.search(text)
    interval = _get_interval(every, often, weekdays)
    if interval is None or interval < MIN_INTERVAL:
        return []
    rest = text
    for found in (every, often, weekdays):
        rest = rest.replace(found[0], " ") if found else rest
    when = parse_date_and_time(rest.strip(" ,.") or None, None, None, now=now, timezone=timezone)
    first = max(when.day or when.day_from or today, today)
    if named := weekdays or re.search(rf"\b{WEEKDAY}", rest):
        weekday = WEEKDAYS[re.search(WEEKDAY, named[0])[1]]  # type: ignore[index]
        first += timedelta(days=(weekday - first.weekday()) % 7)
    is_monthly = bool((often and often["monthly"]) or (every and every["unit"].startswith("m")))
    return [first] if is_monthly else [first + number * interval for number in range(MAX_DAYS)]


def _get_interval(every: re.Match[str] | None, often: re.Match[str] | None, weekdays: re.Match[str] | None) -> timedelta | None:
    if every:
        count = 2 if every["other"] else int(every["count"] or 1)
        return count * {"w": timedelta(days=7), "t": timedelta(days=1), "d": timedelta(days=1), "m": timedelta(days=28)}[every["unit"][0]]
    if often:
        return timedelta(days=14 if often["fortnightly"] else 28 if often["monthly"] else 7)
    return timedelta(days=14 if weekdays["other"] else 7) if weekdays else None
