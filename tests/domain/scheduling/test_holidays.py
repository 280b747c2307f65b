"""Public holidays: those of the library, of which only the countries are loaded that are asked for."""

import json
import subprocess
import sys
from datetime import date

from app.domain.scheduling.holidays import find_holiday_name
from config import ROOT

# what we say of some places, how many countries were loaded for it, and then what the library says of them left alone
COMPARED = """
import json, sys
from app.domain.scheduling.holidays import get_public_holidays

PLACES = [("DE", "BE"), ("DE", "BY"), ("DE", None), ("AT", None), ("CH", "ZH"), ("LI", None), ("GB", "ENG"), ("US", "CA"), ("FR", None),
          ("GU", None), ("AX", None), ("NL", None), ("PL", None)]
ours = [{str(day): name for day, name in get_public_holidays(*place, 2026).items()} for place in PLACES]
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
    run = subprocess.run([sys.executable, "-c", COMPARED], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    ours, theirs, loaded = json.loads(run.stdout)
    assert ours == theirs and all(ours)
    assert loaded < 20


def test_a_holiday_is_named_in_its_country_and_state() -> None:
    assert find_holiday_name(date(2026, 6, 4), "DE", "BY") == "Fronleichnam"
    assert find_holiday_name(date(2026, 6, 4), "DE", "BE") is None
    assert find_holiday_name(date(2026, 1, 1), "DE", "no such state") == "Neujahr"
    assert find_holiday_name(date(2026, 1, 1), "XX", None) is None
