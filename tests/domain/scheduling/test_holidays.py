"""Public holidays: those of the library, of which only the countries are loaded that are asked for."""

import json
import subprocess
import sys
from datetime import date

from app.domain.scheduling.holidays import LOCAL_HOLIDAYS_BY_STATE, HolidayRegion, find_holiday_name, list_local_holidays
from app.domain.scheduling.local_holidays import get_holiday_region, is_observed
from config import ROOT
from tests.support.tables import each_row
from tests.support.waiting import HANGS_AFTER_S

# what we say of some places, how many countries were loaded for it, and then what the library says of them left alone
COMPARED = """
import json, sys
from app.domain.scheduling.holidays import HolidayRegion, get_public_holidays

PLACES = [("DE", "BE"), ("DE", "BY"), ("DE", None), ("AT", None), ("CH", "ZH"), ("LI", None), ("GB", "ENG"), ("US", "CA"), ("FR", None),
          ("GU", None), ("AX", None), ("NL", None), ("PL", None)]
ours = [{str(day): name for day, name in get_public_holidays(HolidayRegion(*place), 2026).items()} for place in PLACES]
loaded = sum(name.startswith("holidays.countries.") for name in sys.modules)
for name in [name for name in sys.modules if name.startswith("holidays")]:
    del sys.modules[name]
import holidays.countries
theirs = []
for country, state in PLACES:
    kind = getattr(holidays.countries, country)
    theirs.append({str(day): name for day, name in kind(subdiv=state, years=2026, language=kind.default_language).items()})
print(json.dumps([ours, theirs, loaded]))
"""


def test_the_holidays_are_those_of_the_library_and_only_countries_that_were_asked_for_are_loaded() -> None:
    run = subprocess.run([sys.executable, "-c", COMPARED], cwd=ROOT, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=True)
    ours, theirs, loaded = json.loads(run.stdout)
    assert ours == theirs and all(ours)
    assert loaded < 20


def test_a_holiday_is_named_in_its_country_and_state() -> None:
    assert find_holiday_name(date(2026, 6, 4), HolidayRegion("DE", "BY")) == "Fronleichnam"
    assert find_holiday_name(date(2026, 6, 4), HolidayRegion("DE", "BE")) is None
    assert find_holiday_name(date(2026, 1, 1), HolidayRegion("DE", "no such state")) == "Neujahr"
    assert find_holiday_name(date(2026, 1, 1), HolidayRegion("XX", None)) is None


@each_row(
    "state, city, chosen, day, name",
    [
        ("BY", "München", None, date(2028, 8, 15), "Mariä Himmelfahrt"),
        ("BY", "Muenchen", None, date(2028, 8, 15), "Mariä Himmelfahrt"),
        ("BY", "Nürnberg", None, date(2028, 8, 15), None),
        # a village of Franconia: not known, so it does not apply until it is set
        ("BY", "Herzogenaurach", None, date(2028, 8, 15), None),
        ("BY", "Herzogenaurach", ["assumption"], date(2028, 8, 15), "Mariä Himmelfahrt"),
        ("BY", "München", [], date(2028, 8, 15), None),
        ("SL", "Saarbrücken", None, date(2028, 8, 15), "Mariä Himmelfahrt"),
        ("BE", "Berlin", ["assumption"], date(2028, 8, 15), None),
        ("BY", "Augsburg", None, date(2028, 8, 8), "Augsburger Hohes Friedensfest"),
        ("BY", "Augsburg", None, date(2028, 8, 15), "Mariä Himmelfahrt"),
        ("BY", "München", None, date(2028, 8, 8), None),
        ("SN", "Crostwitz", None, date(2026, 6, 4), "Fronleichnam"),
        ("SN", "Dresden", None, date(2026, 6, 4), None),
        ("SN", "Bautzen", ["corpus_christi"], date(2026, 6, 4), "Fronleichnam"),
        ("TH", "Heilbad Heiligenstadt", None, date(2026, 6, 4), "Fronleichnam"),
        ("TH", "Erfurt", None, date(2026, 6, 4), None),
        ("BW", "Stuttgart", None, date(2026, 6, 4), "Fronleichnam"),
        ("BY", None, None, date(2026, 6, 4), "Fronleichnam"),
        (None, "München", None, date(2028, 8, 15), None),
    ],
)
def test_a_municipality_has_holidays_of_its_own(
    state: str | None, city: str | None, chosen: list[str] | None, day: date, name: str
) -> None:
    assert find_holiday_name(day, get_holiday_region("DE", state, city, chosen)) == name


@each_row(
    "key, state, city, known",
    [
        ("assumption", "BY", "Regensburg", True),
        ("assumption", "BY", "Fürth", False),
        ("assumption", "BY", "Herzogenaurach", None),
        ("assumption", "BY", "", None),
        ("peace_festival", "BY", "Fürth", False),
        ("corpus_christi", "SN", "Leipzig", False),
        ("corpus_christi", "SN", "Hoyerswerda", None),
        ("corpus_christi", "TH", "Geisa", True),
        ("corpus_christi", "TH", "Jena", None),
    ],
)
def test_what_is_known_of_a_municipality_is_told_from_what_is_not(key: str, state: str, city: str, known: bool | None) -> None:
    assert is_observed(key, state, city) is known


def test_every_local_holiday_has_a_day_in_every_year() -> None:
    for state, keys in LOCAL_HOLIDAYS_BY_STATE.items():
        for year in (2026, 2027, 2040):
            assert list_local_holidays(state, year).keys() == set(keys)
    assert list_local_holidays("BE", 2026) == {}
