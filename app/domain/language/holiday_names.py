"""Named days: Christmas Eve, Easter Monday and the like."""

# ruff: noqa: E501  (a table of names)

import re
from collections.abc import Callable
from datetime import date, timedelta

from app.domain.language.vocabulary import fold, replace_number_words

FIXED_DAYS = {
    (1, 1): "neujahr|neujahrstag|new year's day|new years day|new year day|new years|new year's|new year",
    (1, 6): "heilige drei koenige|heiligen drei koenige|drei koenige|dreikoenigstag|dreikoenig|heilig drei koenig|epiphany",
    (1, 25): "burns night|burns' night",
    (2, 2): "maria lichtmess|lichtmess|candlemas|groundhog day",
    (2, 14): "valentinstag|valentine's day|valentines day|valentine's|valentines",
    (3, 17): "st patrick's day|saint patrick's day|st patricks day|paddy's day|st paddy's day|st paddy's|st patrick's",
    (4, 23): "st george's day|st georges day",
    (4, 30): "walpurgisnacht",
    (5, 5): "cinco de mayo",
    (5, 1): "tag der arbeit|maifeiertag|may day|labour day",
    (6, 24): "johannistag|johanni",
    (6, 27): "siebenschlaefer|siebenschlaefertag",
    (7, 4): "independence day|fourth of july",
    (8, 8): "augsburger friedensfest|friedensfest|augsburg peace festival|peace festival",
    (8, 15): "mariae himmelfahrt|maria himmelfahrt|mariae aufnahme in den himmel|assumption day|assumption of mary",
    (10, 3): "tag der deutschen einheit|german unity day|day of german unity|unity day",
    (10, 26): "oesterreichischer nationalfeiertag",
    (10, 31): "reformationstag|halloween|reformation day",
    (11, 1): "allerheiligen|all saints' day|all saints day",
    (11, 2): "allerseelen|all souls' day|all souls day",
    (11, 5): "bonfire night|guy fawkes night|guy fawkes",
    (11, 11): "martinstag|sankt martin|st martin|martini|remembrance day|veterans day|armistice day",
    (11, 30): "st andrew's day|andreastag",
    (12, 4): "barbaratag",
    (12, 6): "nikolaus|nikolaustag|nikolausi|st nicholas' day|st nicholas day|st nicholas",
    (12, 8): "maria empfaengnis|mariae empfaengnis",
    (12, 13): "luciatag|st lucy's day",
    (12, 24): "heiligabend|heilig abend|heiliger abend|heiligen abend|der heilige abend|weihnachtsabend|christmas eve|xmas eve",
    (12, 25): "erster weihnachtstag|erster weihnachtsfeiertag|erster feiertag|christtag|christmas day|xmas day",
    (12, 26): "zweiter weihnachtstag|zweiter weihnachtsfeiertag|zweiter feiertag|stephanstag|stefanitag|boxing day|st stephen's day",
    (12, 31): "hogmanay|silvester|silvesterabend|sylvester|new year's eve|new years eve|new year eve",
}
# offset from Easter Sunday in days
MOVABLE_DAYS = {
    -52: "weiberfastnacht|altweiber|altweiberfastnacht|schmotziger donnerstag|unsinniger donnerstag",
    -48: "rosenmontag|carnival monday|fasching monday",
    -47: "fastnacht|fasnacht|faschingsdienstag|fastnachtsdienstag|veilchendienstag|shrove tuesday|pancake day|mardi gras|shrovetide tuesday",
    -46: "aschermittwoch|ash wednesday",
    -7: "palmsonntag|palm sunday",
    -3: "gruendonnerstag|maundy thursday",
    -2: "karfreitag|good friday",
    -1: "karsamstag|ostersamstag|easter saturday|holy saturday",
    0: "ostersonntag|easter sunday",
    1: "ostermontag|easter monday",
    2: "osterdienstag|easter tuesday",
    7: "weisser sonntag",
    39: "christi himmelfahrt|himmelfahrt|vatertag|ascension day|ascension thursday|ascension",
    48: "pfingstsamstag|whit saturday",
    49: "pfingstsonntag|whit sunday|pentecost",
    50: "pfingstmontag|whit monday",
    51: "pfingstdienstag|whit tuesday",
    60: "fronleichnam|corpus christi",
}
# ranges and days of another rule
SPANS: dict[str, Callable[[int], tuple[date, date]]] = {
    "ostern|easter|osterwochenende|easter weekend": lambda year: (get_easter(year) - timedelta(2), get_easter(year) + timedelta(1)),
    "karneval|fasching|carnival": lambda year: (get_easter(year) - timedelta(52), get_easter(year) - timedelta(47)),
    "pfingsten|whitsun|pfingstwochenende": lambda year: (get_easter(year) + timedelta(49), get_easter(year) + timedelta(50)),
    "karwoche|holy week": lambda year: (get_easter(year) - timedelta(6), get_easter(year) - timedelta(1)),
    "weihnachten|weihnachtstage|weihnachtsfeiertage|christmas|xmas": lambda year: (date(year, 12, 24), date(year, 12, 26)),
    "zwischen den jahren|twixmas|zwischen weihnachten und neujahr|zwischen weihnachten und silvester|between christmas and new year|between christmas and new years|between christmas and new year's": lambda year: (
        date(year, 12, 27),
        date(year, 12, 31),
    ),
    "advent|adventszeit|vorweihnachtszeit": lambda year: (_first_advent(year), date(year, 12, 24)),
    "totensonntag|ewigkeitssonntag": lambda year: (_first_advent(year) - timedelta(7),) * 2,
    "volkstrauertag": lambda year: (_first_advent(year) - timedelta(14),) * 2,
    "buss- und bettag|buss und bettag": lambda year: (_first_advent(year) - timedelta(11),) * 2,
    "muttertag|mother's day|mothers day": lambda year: (_get_nth_weekday(year, 5, 2, 6),) * 2,
    "father's day|fathers day": lambda year: (_get_nth_weekday(year, 6, 3, 6),) * 2,
    "thanksgiving|thanksgiving day": lambda year: (_get_nth_weekday(year, 11, 4, 3),) * 2,
    "black friday": lambda year: (_get_nth_weekday(year, 11, 4, 3) + timedelta(1),) * 2,
    "cyber monday": lambda year: (_get_nth_weekday(year, 11, 4, 3) + timedelta(4),) * 2,
    "labor day|labour day monday|labor day monday": lambda year: (_get_nth_weekday(year, 9, 1, 0),) * 2,
    "memorial day": lambda year: (_get_nth_weekday(year, 6, 1, 0) - timedelta(7),) * 2,
}


def get_easter(year: int) -> date:
    """Get Easter Sunday of the Gregorian calendar (anonymous computus)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    skipped, leap = divmod(century, 4)
    epact = (19 * golden + century - skipped - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    shift = (32 + 2 * leap + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * shift) // 451
    month, day = divmod(epact + shift - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_public_holiday(day: date) -> bool:
    """Check for a holiday of all of Germany; those of a state are not known here."""
    fixed = (day.month, day.day) in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
    return fixed or (day - get_easter(day.year)).days in (-2, 1, 39, 50)


def is_bank_holiday(day: date) -> bool:
    """Check for a Monday on which Britain rests: the first and the last of May, the last of August."""
    is_last = (day + timedelta(7)).month != day.month
    return day.weekday() == 0 and ((day.month == 5 and (day.day < 8 or is_last)) or (day.month == 8 and is_last))


def resolve_named_days(name: str, year: int) -> tuple[date, date]:
    """Resolve a named day to its first and last date; the name as HOLIDAY_PATTERN matches it."""
    return _RESOLVERS[name](year)


def _get_nth_weekday(year: int, month: int, number: int, weekday: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _first_advent(year: int) -> date:
    """The first of the four Sundays before Christmas Day."""
    fourth = date(year, 12, 24)
    return fourth - timedelta(days=(fourth.weekday() + 1) % 7 + 21)


def _every_year(month: int, day: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, day), date(year, month, day))


def _from_easter(days: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (get_easter(year) + timedelta(days), get_easter(year) + timedelta(days))


def _build_resolvers() -> dict[str, Callable[[int], tuple[date, date]]]:
    resolvers: dict[str, Callable[[int], tuple[date, date]]] = {}
    for (month, day), names in FIXED_DAYS.items():
        for name in names.split("|"):
            resolvers[name] = _every_year(month, day)
    for days, names in MOVABLE_DAYS.items():
        for name in names.split("|"):
            resolvers[name] = _from_easter(days)
    for names, span in SPANS.items():
        for name in names.split("|"):
            resolvers[name] = span
    return {replace_number_words(fold(name)): days for name, days in resolvers.items()}


_RESOLVERS = _build_resolvers()
HOLIDAY_PATTERN = re.compile(r"\b(" + "|".join(re.escape(name) for name in sorted(_RESOLVERS, key=len, reverse=True)) + r")(?![\w'])")
