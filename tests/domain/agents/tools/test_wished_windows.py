"""What is said to be taken is just what was wished, and the times around it are offered before other days."""

import pytest

from tests.domain.agents.tools.test_offers import CUT, _fill
from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.factories.salon import Salon
from tests.support.agent_call import AgentCall

FRIDAY = "Am Freitag, dem 8. Mai,"


def _list_starts(told: dict) -> list[str]:
    return [slot["starts_at"][5:16] for slot in told["data"]["slots"]]


@pytest.mark.parametrize(
    ("time", "says", "first"),
    [
        ("zwischen elf und halb zwölf", f"{FRIDAY} ist zwischen 11 Uhr und halb zwölf nichts mehr frei, das Nächste wäre", "05-08T10:15"),
        ("so elf, halb zwölf", f"{FRIDAY} ist zwischen 11 Uhr und halb zwölf nichts mehr frei, das Nächste wäre", "05-08T10:15"),
        ("between eleven and twelve", "On Friday, 8 May, nothing is free between 11 am and noon any more", "05-08T10:15"),
        ("from eleven till half past eleven", "nothing is free between 11 am and half past eleven any more", "05-08T10:15"),
    ],
)
def test_a_taken_window_is_no_taken_day(salon: Salon, stranger: AgentCall, time: str, says: str, first: str) -> None:
    if "nothing" in says:
        stranger.utterances += ["Salon Lindgren.", "I would like to have a haircut on Friday, please."]
    _fill(salon, "2026-05-08", range(11, 14))
    told = stranger.use("check_availability", **CUT, date="Freitag", time=time)
    assert says in told["say"] and _list_starts(told)[0] == first, told


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ({"date": "Freitag", "time": "ab vier"}, f"{FRIDAY} ist ab 16 Uhr nichts mehr frei, das Nächste wäre"),
        ({"date": "Freitag", "time": "nachmittags"}, f"{FRIDAY} ist nachmittags nichts mehr frei, das Nächste wäre"),
        ({"date": "Freitag", "time": "ab vier", "staff": "Ben"}, "Bei Ben Lindgren ist am Freitag, dem 8. Mai, ab 16 Uhr nichts mehr frei"),
        ({"date": "Donnerstag bis Freitag", "time": "ab vier"}, "In diesen Tagen ist ab 16 Uhr nichts mehr frei, das Nächste wäre"),
        ({"date": "Thursday to Friday", "time": "after four", "staff": "Ben"}, "Ben Lindgren has nothing free on these days from 4 pm"),
    ],
)
def test_the_hours_and_the_person_are_said_with_it(salon: Salon, stranger: AgentCall, args: dict[str, str], says: str) -> None:
    if "nothing" in says:
        stranger.utterances += ["Salon Lindgren.", "I would like to have a haircut on Friday, please."]
    for day in ("2026-05-07", "2026-05-08"):
        _fill(salon, day, range(12, 18))
    told = stranger.use("check_availability", **CUT, **args)
    assert says in told["say"], told["say"]


def test_a_day_that_is_full_is_said_to_be(salon: Salon, stranger: AgentCall) -> None:
    _fill(salon, "2026-05-08", range(9, 18))
    told = stranger.use("check_availability", **CUT, date="Freitag", time="zwischen elf und halb zwölf")
    assert not any(start.startswith("05-08") for start in _list_starts(told)), told
    assert f"{FRIDAY} ist zwischen 11 Uhr und halb zwölf nichts mehr frei" in told["say"]
    assert f"{FRIDAY} ist nichts mehr frei" in stranger.use("check_availability", **CUT, date="Freitag")["say"]
