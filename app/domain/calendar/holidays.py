"""Public holidays by country and federal state, from the `holidays` library."""

from datetime import date
from functools import lru_cache

GERMAN_STATES = {
    "BW": "Baden-Württemberg", "BY": "Bayern", "BE": "Berlin", "BB": "Brandenburg", "HB": "Bremen", "HH": "Hamburg",
    "HE": "Hessen", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen", "NW": "Nordrhein-Westfalen", "RP": "Rheinland-Pfalz",
    "SL": "Saarland", "SN": "Sachsen", "ST": "Sachsen-Anhalt", "SH": "Schleswig-Holstein", "TH": "Thüringen",
}  # fmt: skip


def holiday_name(day: date, country: str, state: str | None) -> str | None:
    """The name of the public holiday on this date in the country's own language, or None."""
    return public_holidays(country, state, day.year).get(day)


@lru_cache(maxsize=256)
def public_holidays(country: str, state: str | None, year: int) -> dict[date, str]:
    """The public holidays of a year; an unknown country has none, an unknown state those of the whole country."""
    # imported late: the library takes a quarter of a second, and most processes never need it
    import holidays

    try:
        found = holidays.country_holidays(country, subdiv=state or None, years=year)
    except NotImplementedError:
        if state:
            return public_holidays(country, None, year)
        return {}
    if found.default_language and found.language != found.default_language:
        found = holidays.country_holidays(country, subdiv=state or None, years=year, language=found.default_language)
    return dict(found)
