"""Reads a day or a time that is told from an appointment: "derselbe Tag", "same time, 11", "eine Woche später", "Friday the same week"."""

import re
from datetime import datetime, timedelta

from app.domain.language.parser import parse_date_and_time
from app.domain.language.vocabulary import WEEKDAY, WEEKDAYS, fold, replace_number_words

LEAD = (
    r"(?:(?:auch|und|and|also|again|wieder|einfach|just|genau|exactly|am|an|zur|zum|um|in|im|on|at|for|auf|der|dem|den|die|das|the|bitte"
    r"|please)\s+)*"
)
SAME = r"(?:(?:der|die|das|den|dem|zur|zum|am)?selben?|gleiche?[nrsm]?|same|that same|that very)"
SAME_DAY = re.compile(rf"{LEAD}{SAME}\s+(?:tag|datum|day|date|wochentag)\b(?!\s+(?:of|der|in|die|the week))", re.IGNORECASE)
SAME_TIME = re.compile(rf"{LEAD}{SAME}\s+(?:uhrzeit|zeit|stunde|time|hour)\b", re.IGNORECASE)
SAME_WEEK = re.compile(rf"[\s,]*\b{LEAD}{SAME}\s+(?:woche|week)\b[\s,]*", re.IGNORECASE)
# what may stand between two of these, and around them
FILLERS = re.compile(
    r"(?:[\s,;.:!–-]|\b(?:und|and|also|oder so|bitte|please|wie|als|like|as|before|vorher|bisher|now|jetzt|ja|yes)\b)*", re.IGNORECASE
)
LATER = r"(?P<later>spaeter|nach hinten|danach|drauf|darauf|later|after|back|afterwards)"
EARLIER = r"(?P<earlier>frueher|nach vorne?|davor|vorher|zuvor|earlier|before|forward)"
A = r"(?:eine?|'?ne|e|a)"
COUNT = rf"(?P<count>\d{{1,2}}|eine?[nr]?|'?ne[nr]?|an?|one|half an?|(?:{A} )?halbe?|(?:{A} )?viertel|a quarter of an)"
UNIT = r"(?P<unit>tage?n?|days?|wochen?|weeks?|stund(?:en?)?|hours?|minuten?|minutes?|viertelstunde)"
SHIFT = re.compile(rf"(?:(?:am|der|den|the|on|nur|just|genau|um|by|about|etwa|so|auf) )*(?:{COUNT} )?{UNIT} (?:{LATER}|{EARLIER})")
# "den Samstag drauf", "the Saturday after", "am Freitag davor"
BESIDE = re.compile(
    rf"\b(?:(?:am|auf|an|den|dem|der|the|on|to|for|zum) )*{WEEKDAY} "
    r"(?:(?P<later>danach|darauf|drauf|after)|(?P<earlier>davor|zuvor|before))"
    r"(?: (?:that|it))?(?= *(?:$|[,;.]|(?:um|at) ))"
)
MINUTES = {"d": 24 * 60, "t": 24 * 60, "w": 7 * 24 * 60, "h": 60, "s": 60, "m": 1, "v": 15}


def relate(words: str | None, reference: datetime | None, *, now: datetime, timezone: str) -> str | None:
    """Replace what points to the appointment at `reference` (local) by its day or time; what is told besides is all that counts.

    Words that do not point to it are left as they are; without a reference only what is said twice goes.
    """
    if words is None or not mentions_appointment(words):
        return words
    if reference and (shift := _find_shift(words)) is not None:
        moved = (reference + shift).replace(tzinfo=None)
        return moved.date().isoformat() if shift % timedelta(days=1) == timedelta() else moved.isoformat(timespec="minutes")
    if reference and (beside := BESIDE.search(fold(words))):
        rest = f"{fold(words)[: beside.start()]} {fold(words)[beside.end() :]}".strip(" ,;")
        if rest and parse_date_and_time(rest, None, None, now=now, timezone=timezone).day:
            return rest
        return f"{_find_weekday_beside(beside, reference)} {rest}".strip()
    if SAME_WEEK.search(words):
        return (reference and _find_day_of_week(SAME_WEEK.sub(" ", words).strip(), reference, timezone)) or words
    rest = SAME_TIME.sub(" ", SAME_DAY.sub(" ", words)).strip(" ,;:–-")
    told = rest if not FILLERS.fullmatch(rest) else ""
    of_day = parse_date_and_time(told, None, None, now=now, timezone=timezone)
    of_time = parse_date_and_time(None, told, None, now=now, timezone=timezone)
    is_day, is_time = bool(SAME_DAY.search(words)) and not of_day.day, bool(SAME_TIME.search(words)) and not of_time.names_a_time
    if not (is_day or is_time):
        return told
    if reference is None:
        return words
    # "next week, same day"
    day = f"{reference:%A}" if of_day.names_a_day else reference.date().isoformat()
    return " ".join(filter(None, (day if is_day else "", told, reference.strftime("%H:%M") if is_time else "")))


def mentions_appointment(words: str | None) -> bool:
    """Check whether the words speak of an appointment, beside what else they tell."""
    return bool(words) and (any(pattern.search(words) for pattern in (SAME_DAY, SAME_TIME)) or points_to_appointment(words))


def points_to_appointment(words: str | None) -> bool:
    """Check whether the words tell a day or a time only from an appointment."""
    if not words:
        return False
    rest = SAME_TIME.sub(" ", SAME_DAY.sub(" ", words))
    return (
        _find_shift(words) is not None
        or bool(BESIDE.search(fold(words)))
        or bool(SAME_WEEK.search(words))
        or (rest != words and bool(FILLERS.fullmatch(rest)))
    )


def _find_shift(words: str) -> timedelta | None:
    found = SHIFT.fullmatch(replace_number_words(fold(words)).strip(" .,!"))
    if not found:
        return None
    count = found["count"] or "1"
    number = 0.5 if "hal" in count else 0.25 if "viertel" in count or "quarter" in count else float(count) if count.isdigit() else 1.0
    minutes = number * MINUTES[found["unit"][0]]
    return timedelta(minutes=minutes if found["later"] else -minutes)


def _find_weekday_beside(beside: re.Match[str], reference: datetime) -> str:
    """Find the weekday after or before the appointment."""
    weekday = WEEKDAYS[beside[1]]
    if beside["later"]:
        return (reference + timedelta(days=(weekday - reference.weekday() - 1) % 7 + 1)).date().isoformat()
    return (reference - timedelta(days=(reference.weekday() - weekday - 1) % 7 + 1)).date().isoformat()


def _find_day_of_week(words: str, reference: datetime, timezone: str) -> str | None:
    """Find the day that the words name in the week of the appointment."""
    monday = (reference - timedelta(days=reference.weekday())).replace(hour=0, minute=0)
    # seen from the day before, so that a Monday is no day of this and the next week
    when = parse_date_and_time(words, None, None, now=monday - timedelta(hours=12), timezone=timezone)
    return when.day.isoformat() if when.day and timedelta() <= when.day - monday.date() < timedelta(days=7) else None
