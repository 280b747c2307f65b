"""Public holidays by country, federal state and municipality, from the `holidays` library."""

import sys
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

GERMAN_STATES = {
    "BW": "Baden-Württemberg", "BY": "Bayern", "BE": "Berlin", "BB": "Brandenburg", "HB": "Bremen", "HH": "Hamburg",
    "HE": "Hessen", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen", "NW": "Nordrhein-Westfalen", "RP": "Rheinland-Pfalz",
    "SL": "Saarland", "SN": "Sachsen", "ST": "Sachsen-Anhalt", "SH": "Schleswig-Holstein", "TH": "Thüringen",
}  # fmt: skip


# holidays below the level of a state by key, with the name that the library gives them
LOCAL_HOLIDAYS = {"assumption": "Mariä Himmelfahrt", "peace_festival": "Augsburger Hohes Friedensfest", "corpus_christi": "Fronleichnam"}
LOCAL_HOLIDAYS_BY_STATE = {"BY": ("assumption", "peace_festival"), "SN": ("corpus_christi",), "TH": ("corpus_christi",)}


class HolidayRegion(NamedTuple):
    """Where holidays apply: a country, a federal state, and the keys of LOCAL_HOLIDAYS that the municipality observes."""

    country: str
    state: str | None = None
    local: tuple[str, ...] = ()


GERMANY = HolidayRegion("DE")


def find_holiday_name(day: date, region: HolidayRegion, language: str | None = None) -> str | None:
    """The name of the public holiday on this date, or None; in English where that is the language, else in the country's own."""
    name = get_public_holidays(region, day.year).get(day)
    return (_get_english_names(region.country, region.state, day.year).get(day, name) if name and language == "en" else name) or None


@lru_cache(maxsize=256)
def get_public_holidays(region: HolidayRegion, year: int) -> dict[date, str]:
    """The public holidays of a year; an unknown country has none, an unknown state those of the whole country."""
    library = _load_library()
    country, state, local = region
    try:
        calendar = library.country_holidays(country, subdiv=state or None, years=year)
    except NotImplementedError:
        if state:
            return get_public_holidays(HolidayRegion(country), year)
        return {}
    if calendar.default_language and calendar.language != calendar.default_language:
        calendar = library.country_holidays(country, subdiv=state or None, years=year, language=calendar.default_language)
    return dict(calendar) | {day: name for key, (day, name) in list_local_holidays(state, year).items() if country == "DE" and key in local}


@lru_cache(maxsize=256)
def _get_english_names(country: str, state: str | None, year: int) -> dict[date, str]:
    """The English names of the holidays that the library has translated."""
    library = _load_library()
    try:
        calendar = library.country_holidays(country, subdiv=state or None, years=year, language="en_US")
    except NotImplementedError:
        return {}
    return dict(calendar) if calendar.language == "en_US" else {}


@lru_cache(maxsize=256)
def list_local_holidays(state: str | None, year: int) -> dict[str, tuple[date, str]]:
    """The holidays that only some municipalities of a German state observe: date and name by key."""
    keys = LOCAL_HOLIDAYS_BY_STATE.get(state or "", ())
    if not keys:
        return {}
    library = _load_library()
    days = dict(library.country_holidays("DE", subdiv=state, years=year, language="de", categories=("catholic",)))
    if "peace_festival" in keys:
        days |= dict(library.country_holidays("DE", subdiv="Augsburg", years=year, language="de"))
    days_by_name = {name: day for day, name in days.items()}
    return {key: (days_by_name[name], name) for key in keys if (name := LOCAL_HOLIDAYS[key]) in days_by_name}


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
