"""Named days: Christmas Eve, Easter Monday and the like."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from app.domain.language.vocabulary import fold, replace_number_words

FIXED_DAYS = {
    (1, 1): "neujahr|neujahrstag|new year's day|new years day|new year day",
    (1, 6): "heilige drei koenige|dreikoenigstag|epiphany",
    (2, 14): "valentinstag|valentine's day|valentines day",
    (5, 1): "tag der arbeit|maifeiertag|may day|labour day",
    (10, 3): "tag der deutschen einheit|german unity day|day of german unity",
    (10, 31): "reformationstag|halloween|reformation day",
    (11, 1): "allerheiligen|all saints' day|all saints day",
    (12, 6): "nikolaus|nikolaustag|st nicholas' day|saint nicholas day",
    (12, 24): "heiligabend|heilig abend|heiliger abend|heiligen abend|christmas eve",
    (12, 25): "erster weihnachtstag|erster weihnachtsfeiertag|ersten weihnachtstag|ersten weihnachtsfeiertag|christmas day",
    (12, 26): "zweiter weihnachtstag|zweiter weihnachtsfeiertag|zweiten weihnachtstag|zweiten weihnachtsfeiertag|boxing day",
    (12, 31): "silvester|new year's eve|new years eve|new year eve",
}
# offset from Easter Sunday in days
MOVABLE_DAYS = {
    -48: "rosenmontag|carnival monday",
    -47: "fastnacht|faschingsdienstag|shrove tuesday",
    -46: "aschermittwoch|ash wednesday",
    -3: "gruendonnerstag|maundy thursday",
    -2: "karfreitag|good friday",
    -1: "karsamstag|ostersamstag|easter saturday|holy saturday",
    0: "ostersonntag|easter sunday",
    1: "ostermontag|easter monday",
    2: "osterdienstag|easter tuesday",
    39: "christi himmelfahrt|himmelfahrt|vatertag|ascension day",
    48: "pfingstsamstag|whit saturday",
    49: "pfingstsonntag|whit sunday|pentecost",
    50: "pfingstmontag|whit monday",
    51: "pfingstdienstag|whit tuesday",
    60: "fronleichnam|corpus christi",
}
# ranges, relative to Easter Sunday or fixed
SPANS: dict[str, Callable[[int], tuple[date, date]]] = {
    "ostern|easter": lambda year: (get_easter(year) - timedelta(2), get_easter(year) + timedelta(1)),
    "pfingsten|whitsun": lambda year: (get_easter(year) + timedelta(49), get_easter(year) + timedelta(50)),
    "weihnachten|weihnachtstage|christmas|xmas": lambda year: (date(year, 12, 24), date(year, 12, 26)),
    "zwischen den jahren": lambda year: (date(year, 12, 27), date(year, 12, 30)),
    "muttertag|mother's day|mothers day": lambda year: (_second_sunday_of_may(year),) * 2,
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


def resolve_named_days(name: str, year: int) -> tuple[date, date]:
    """Resolve a named day to its first and last date; the name as HOLIDAY_PATTERN matches it."""
    return _RESOLVERS[name](year)


def _second_sunday_of_may(year: int) -> date:
    first = date(year, 5, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7)


def _every_year(month: int, day: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, day), date(year, month, day))


def _from_easter(days: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (get_easter(year) + timedelta(days), get_easter(year) + timedelta(days))


def _build_resolvers() -> dict[str, Callable[[int], tuple[date, date]]]:
    found: dict[str, Callable[[int], tuple[date, date]]] = {}
    for (month, day), names in FIXED_DAYS.items():
        for name in names.split("|"):
            found[name] = _every_year(month, day)
    for days, names in MOVABLE_DAYS.items():
        for name in names.split("|"):
            found[name] = _from_easter(days)
    for names, span in SPANS.items():
        for name in names.split("|"):
            found[name] = span
    return {replace_number_words(fold(name)): days for name, days in found.items()}


_RESOLVERS = _build_resolvers()
HOLIDAY_PATTERN = re.compile(r"\b(" + "|".join(re.escape(name) for name in sorted(_RESOLVERS, key=len, reverse=True)) + r")(?![\w'])")
