"""Public holidays by country and federal state, from the `holidays` library."""

import sys
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import ModuleType

GERMAN_STATES = {
    "BW": "Baden-Württemberg", "BY": "Bayern", "BE": "Berlin", "BB": "Brandenburg", "HB": "Bremen", "HH": "Hamburg",
    "HE": "Hessen", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen", "NW": "Nordrhein-Westfalen", "RP": "Rheinland-Pfalz",
    "SL": "Saarland", "SN": "Sachsen", "ST": "Sachsen-Anhalt", "SH": "Schleswig-Holstein", "TH": "Thüringen",
}  # fmt: skip


def find_holiday_name(day: date, country: str, state: str | None) -> str | None:
    """The name of the public holiday on this date in the country's own language, or None."""
    return get_public_holidays(country, state, day.year).get(day)


@lru_cache(maxsize=256)
def get_public_holidays(country: str, state: str | None, year: int) -> dict[date, str]:
    """The public holidays of a year; an unknown country has none, an unknown state those of the whole country."""
    holidays = _load_library()
    try:
        calendar = holidays.country_holidays(country, subdiv=state or None, years=year)
    except NotImplementedError:
        if state:
            return get_public_holidays(country, None, year)
        return {}
    if calendar.default_language and calendar.language != calendar.default_language:
        calendar = holidays.country_holidays(country, subdiv=state or None, years=year, language=calendar.default_language)
    return dict(calendar)


def _load_library() -> ModuleType:
    """Import the library so that it loads countries one by one, on first use.

    Left alone it loads all 250 with the first of them: 50 ms of the first call after a start and 7 MB, in every process. Imported
    late, for most processes never need it.
    """
    import holidays

    name = "holidays.countries"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(Path(holidays.__file__).parent / "countries")]
        sys.modules[name] = package
    return holidays
