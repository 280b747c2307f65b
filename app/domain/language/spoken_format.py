"""Formats days, times, prices and lists for speech, in German and English."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Literal

from app.domain.language.parsed_time import Language

Case = Literal["on", "the", "until"]

WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: dict[Language, tuple[str, ...]] = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}
HOURS: dict[Language, tuple[str, ...]] = {
    "de": ("zwölf", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf"),
    "en": ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
}
NEAR_DAYS: dict[Language, tuple[str, ...]] = {
    "de": ("heute", "morgen", "übermorgen"),
    "en": ("today", "tomorrow", "the day after tomorrow"),
}
ARTICLES: dict[Case, str] = {"on": "dem", "the": "der", "until": "den"}
# the year is omitted within this distance
YEAR_OMITTED_WITHIN = timedelta(days=240)
# between these "halb drei" is unambiguous
COLLOQUIAL_FROM, COLLOQUIAL_BEFORE = time(7), time(19)


def say_day(day: date, language: Language, *, today: date | None = None, case: Case = "on") -> str:
    """ "am Donnerstag, dem 3. Dezember" / "on Thursday, 3 December"; with `today` also "morgen, Freitag, den 27. November"."""
    near = (day - today).days if today else -1
    if near == 0:
        return NEAR_DAYS[language][0]
    weekday, month = WEEKDAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    year = f" {day.year}" if today and abs(day - today) > YEAR_OMITTED_WITHIN else ""
    if 0 < near < 3:
        return (
            f"{NEAR_DAYS[language][near]}, {weekday}, {'den ' if language == 'de' else ''}{_format_day_number(day.day, language)} {month}"
        )
    if language == "en":
        return f"{'on ' if case == 'on' else ''}{weekday}, {day.day} {month}{year}"
    return f"{'am ' if case == 'on' else ''}{weekday}, {ARTICLES[case]} {day.day}. {month}{year}"


def say_month_day(day: int, month: int, language: Language) -> str:
    """ "31. Februar" / "31 February", whether or not there is such a day."""
    return f"{_format_day_number(day, language)} {MONTHS[language][month - 1]}"


def say_time(at: time, language: Language) -> str:
    """ "9 Uhr", "halb drei", "Viertel nach zehn", "14 Uhr 10" / "9 am", "half past two", "10 past 2" as "2:10 pm"."""
    plain = COLLOQUIAL_FROM <= at < COLLOQUIAL_BEFORE
    return _say_time_german(at, plain) if language == "de" else _say_time_english(at, plain)


def say_moment(at: datetime, language: Language, *, today: date | None = None) -> str:
    """Day and time of a local time: "am Donnerstag, dem 3. Dezember, um halb drei"."""
    day = say_day(at.date(), language, today=today)
    comma = "," if "," in day and language == "de" else ""
    return f"{day}{comma} {_say_at(at.time(), language)}"


def say_slots(moments: Iterable[datetime], language: Language, *, today: date | None = None, joined: Literal["and", "or"] = "or") -> str:
    """Several local times, day by day: "am Donnerstag, dem 3. Dezember, um 9 Uhr, um halb elf oder um 14 Uhr"."""
    join = join_or if joined == "or" else join_and
    spoken_days = []
    in_order = sorted(moments)
    several_days = len({start.date() for start in in_order}) > 1
    for day, same_day in groupby(in_order, key=lambda start: start.date()):
        times = list(dict.fromkeys(_say_at(start.time(), language) for start in same_day))
        near = (day - today).days if today and several_days else -1
        spoken = NEAR_DAYS[language][near] if 0 <= near < len(NEAR_DAYS[language]) else say_day(day, language, today=today)
        spoken_days.append((f"{spoken}{',' if ',' in spoken and language == 'de' else ''}", times))
    if len(spoken_days) == 1:
        return f"{spoken_days[0][0]} {join(spoken_days[0][1], language)}"
    return join([f"{day} {join_and(times, language) if len(times) > 1 else times[0]}" for day, times in spoken_days], language)


def say_hours(spans: Sequence[tuple[time, time]], language: Language) -> str:
    """ "von 9 Uhr bis 13 Uhr und von 14 Uhr bis 18 Uhr" / "from 9 am to 1 pm"."""
    words = {"de": ("von", "bis"), "en": ("from", "to")}[language]
    return join_and(
        [f"{words[0]} {_say_clock(opens, language)} {words[1]} {_say_clock(closes, language)}" for opens, closes in spans], language
    )


def say_length(minutes: int, language: Language) -> str:
    """ "45 Minuten", "eine Stunde", "anderthalb Stunden", "2 Stunden 30 Minuten"."""
    hours, rest = divmod(minutes, 60)
    if language == "de":
        if minutes in (60, 90):
            return "eine Stunde" if minutes == 60 else "anderthalb Stunden"
        parts = ["eine Stunde" if hours == 1 else f"{hours} Stunden"] * bool(hours) + [f"{rest} Minuten"] * bool(rest)
        return " und ".join(parts) or "keine Zeit"
    if minutes in (60, 90):
        return "an hour" if minutes == 60 else "an hour and a half"
    parts = ["an hour" if hours == 1 else f"{hours} hours"] * bool(hours) + [f"{rest} minutes"] * bool(rest)
    return " and ".join(parts) or "no time"


def say_price(cents: int, language: Language) -> str:
    """ "58 Euro", "58 Euro 50" / "58 euros", "58 euros 50"."""
    euros, rest = divmod(cents, 100)
    unit = "Euro" if language == "de" else "euro" if euros == 1 else "euros"
    return f"{euros} {unit}{f' {rest:02}' if rest else ''}"


def capitalise(words: str) -> str:
    """Capitalize the first letter."""
    return words[:1].upper() + words[1:]


def join_or(things: Sequence[str], language: Language) -> str:
    return _join(things, {"de": "oder", "en": "or"}[language])


def join_and(things: Sequence[str], language: Language) -> str:
    return _join(things, {"de": "und", "en": "and"}[language])


def _join(things: Sequence[str], last: str) -> str:
    """Join; items with commas are separated by one more comma."""
    comma = "," if any("," in thing for thing in things[:-1]) else ""
    return f"{', '.join(things[:-1])}{comma} {last} {things[-1]}" if len(things) > 1 else "".join(things)


def _say_at(at: time, language: Language) -> str:
    return f"{'um' if language == 'de' else 'at'} {say_time(at, language)}"


def _say_clock(at: time, language: Language) -> str:
    """Say a time of opening hours: by the clock, without halves."""
    if language == "en":
        return _say_am_pm(at)
    hour = 24 if at == time(23, 59) else at.hour
    return f"{hour} Uhr{f' {at.minute}' if at.minute and hour < 24 else ''}"


def _say_time_german(at: time, plain: bool) -> str:
    this, following = HOURS["de"][at.hour % 12], HOURS["de"][(at.hour + 1) % 12]
    if plain and at.minute == 30:
        return f"halb {following}"
    if plain and at.minute == 15:
        return f"Viertel nach {this}"
    if plain and at.minute == 45:
        return f"Viertel vor {following}"
    early = " am Morgen" if 4 <= at.hour < 7 else " nachts" if 0 < at.hour < 4 else ""
    return f"{at.hour} Uhr{f' {at.minute}' if at.minute else ''}{early}"


def _say_time_english(at: time, plain: bool) -> str:
    this, following = HOURS["en"][at.hour % 12], HOURS["en"][(at.hour + 1) % 12]
    if at == time(12):
        return "noon"
    if plain and at.minute == 30:
        return f"half past {this}"
    if plain and at.minute == 15:
        return f"a quarter past {this}"
    if plain and at.minute == 45:
        return f"a quarter to {following}"
    return _say_am_pm(at)


def _say_am_pm(at: time) -> str:
    return f"{at.hour % 12 or 12}{f':{at.minute:02}' if at.minute else ''} {'am' if at.hour < 12 else 'pm'}"


def _format_day_number(day: int, language: Language) -> str:
    return f"{day}." if language == "de" else str(day)
