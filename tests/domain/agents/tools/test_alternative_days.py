"""Two days that both suit are both searched, and nobody is asked which of them is meant."""

import pytest

from tests.domain.agents.tools.test_offers import CUT, _fill
from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.factories.salon import Salon
from tests.support.agent_call import AgentCall

THURSDAY, FRIDAY = "2026-05-07", "2026-05-08"


def _list_moments(told: dict) -> set[str]:
    return {slot["starts_at"][:16] for slot in told["data"]["slots"]}


def _list_days(told: dict) -> set[str]:
    return {moment[:10] for moment in _list_moments(told)}


@pytest.mark.parametrize(
    ("date", "days"),
    [
        ("Donnerstag oder Freitag", {THURSDAY, FRIDAY}),
        ("am siebten oder am achten", {THURSDAY, FRIDAY}),
        ("Thursday or Friday", {THURSDAY, FRIDAY}),
        ("the seventh or the ninth", {THURSDAY, "2026-05-09"}),
        ("nächste Woche Dienstag oder Freitag", {"2026-05-12", "2026-05-15"}),
        ("Donnerstag, Freitag oder Samstag", None),
        ("Mittwoch oder Donnerstag oder Freitag", {"2026-05-06", THURSDAY, FRIDAY}),
    ],
)
def test_each_day_of_a_choice_is_searched(salon: Salon, stranger: AgentCall, date: str, days: set[str] | None) -> None:
    told = stranger.use("check_availability", **CUT, date=date, time="vormittags")
    if days is None:
        # three days with one "oder" between them are still asked about
        assert told["ok"] or told["code"] == "ambiguous"
        return
    assert told["ok"] and _list_days(told) == days, told


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("Donnerstag oder Freitag", "um zehn"),
        ("Donnerstag oder Freitag um zehn", None),
        ("Thursday or Friday", "at ten"),
        ("the seventh or the eighth", "10:00"),
    ],
)
def test_the_day_that_is_free_at_the_wished_time_is_offered(salon: Salon, stranger: AgentCall, date: str, time: str | None) -> None:
    _fill(salon, THURSDAY, range(10, 11))
    told = stranger.use("check_availability", **CUT, date=date, **({"time": time} if time else {}))
    assert told["ok"] and _list_moments(told) == {f"{FRIDAY}T10:00"}, told


def test_where_neither_is_free_the_nearest_times_are_offered(salon: Salon, stranger: AgentCall) -> None:
    for day in (THURSDAY, FRIDAY):
        _fill(salon, day, range(10, 11))
    told = stranger.use("check_availability", **CUT, date="Donnerstag oder Freitag", time="um zehn")
    assert told["say"].startswith("An keinem dieser Tage ist dann etwas frei, das Nächste wäre ") and told["data"]["slots"], told


@pytest.mark.parametrize("date", ["Thursday first thing or else Friday afternoon", "Donnerstag früh oder Freitag nachmittags"])
def test_each_day_keeps_its_own_hours(salon: Salon, stranger: AgentCall, date: str) -> None:
    moments = _list_moments(stranger.use("check_availability", **CUT, date=date))
    assert {moment[:10] for moment in moments} == {THURSDAY, FRIDAY}
    assert all(moment[11:] < "12:00" for moment in moments if moment.startswith(THURSDAY))
    assert all(moment[11:] >= "12:00" for moment in moments if moment.startswith(FRIDAY))


@pytest.mark.parametrize("date", ["Montag oder so", "Dienstag, den 6. Mai", "Donnerstag oder Freitag um Dings"])
def test_what_is_no_plain_choice_is_asked(salon: Salon, stranger: AgentCall, date: str) -> None:
    assert stranger.use("check_availability", **CUT, date=date)["code"] == "ambiguous"


@pytest.mark.parametrize("date", ["Donnerstag oder Freitag", "Thursday or Friday"])
def test_what_is_booked_is_one_day(salon: Salon, stranger: AgentCall, date: str) -> None:
    assert stranger.use("book_appointment", **CUT, date=date, time="10:00", name="Karl Baum")["code"] == "ambiguous"
