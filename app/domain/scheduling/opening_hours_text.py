"""Parse and format a week of opening hours in one line: "Mo-Fr 9-13, 14-18, Sa 9-14"."""

import re
from itertools import groupby

from babel import Locale
from flask_babel import get_locale, gettext as _

from app.core.errors import InvalidInput
from app.domain.scheduling.time_spans import Spans, format_spans, parse_spans

WEEKDAY_NAMES = (
    ("mo", "mon", "montag", "monday"), ("di", "tu", "tue", "dienstag", "tuesday"), ("mi", "we", "wed", "mittwoch", "wednesday"),
    ("do", "th", "thu", "donnerstag", "thursday"), ("fr", "fri", "freitag", "friday"), ("sa", "sat", "samstag", "saturday"),
    ("so", "su", "sun", "sonntag", "sunday"),
)  # fmt: skip
DAY = rf"\b(?:{'|'.join(sorted({name for names in WEEKDAY_NAMES for name in names}, key=len, reverse=True))})\b\.?"
GROUP = re.compile(rf"({DAY}(?:\s*(?:-|–|—|bis|to)\s*{DAY})?)\s*:?", re.IGNORECASE)
CLOSED = re.compile(r"geschlossen|zu|closed", re.IGNORECASE)
SEPARATORS = " ,;/&\n\r\t"


def parse_week(text: str) -> list[Spans]:
    """Parse the text to spans for Monday to Sunday; days not named are closed. Raises InvalidInput."""
    before, *pieces = GROUP.split(text)
    if before.strip(SEPARATORS):
        raise _build_error()
    week: list[Spans] = [[] for _day in range(7)]
    waiting: list[int] = []
    for days, hours in zip(pieces[::2], pieces[1::2], strict=True):
        waiting += _parse_days(days)
        hours = re.sub(r"^(und|and)$", "", hours.strip(SEPARATORS))
        if not hours:
            continue
        spans = [] if CLOSED.fullmatch(hours) else parse_spans(hours)
        for day in waiting:
            week[day] = spans
        waiting = []
    if waiting:
        raise _build_error()
    return week


def format_week(week: list[Spans]) -> str:
    """Format the week as one line in the current language."""
    names = (get_locale() or Locale("de")).days["stand-alone"]["abbreviated"]
    parts = []
    for hours, run in groupby(range(7), key=lambda day: format_spans(week[day])):
        days = list(run)
        if hours:
            first, last = (str(names[day]).rstrip(".") for day in (days[0], days[-1]))
            parts.append(f"{first if len(days) == 1 else f'{first}-{last}'} {hours}")
    return ", ".join(parts)


def _parse_days(text: str) -> list[int]:
    """Parse a range of weekdays; it may wrap over the end of the week."""
    named = [_parse_day(word) for word in re.findall(DAY, text, re.IGNORECASE)]
    first, last = named[0], named[-1]
    return [(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)]


def _parse_day(word: str) -> int:
    return next(number for number, names in enumerate(WEEKDAY_NAMES) if word.rstrip(".").lower() in names)


def _build_error() -> InvalidInput:
    return InvalidInput(_("Das lesen wir so nicht. Gemeint ist zum Beispiel Mo-Fr 9-13, 14-18, Sa 9-14."))
