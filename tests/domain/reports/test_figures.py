"""The figures of the start page: totals, the time before, steps, when it rings, the night."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.domain.reports.figures import OutcomeTotals, load_figures, load_night_totals
from tests.factories.calls import CallHourFactory
from tests.factories.companies import BranchFactory, CompanyFactory

# a Friday, 10:30 in Berlin
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
BERLIN = "Europe/Berlin"


@pytest.fixture
def branch(db: SQLAlchemy) -> Iterator[str]:
    with company_scope(CompanyFactory().id):
        yield BranchFactory().id


def put(branch: str, outcome: str, calls: int, *, days_ago: int = 0, hour: int = 9) -> None:
    CallHourFactory(branch_id=branch, outcome=outcome, calls=calls, day=TODAY - timedelta(days=days_ago), hour=hour)


def test_totals_know_who_was_answered_talked_to_and_booked() -> None:
    total = OutcomeTotals()
    total.outcomes.update(
        {"booked": 5, "rescheduled": 1, "waitlist": 2, "callback": 3, "missed": 4, "hung_up": 2, "voicemail": 1, "running": 1}
    )
    assert (total.calls, total.answered, total.talked, total.wanted, total.booked, total.callbacks) == (19, 15, 12, 8, 6, 3)


def test_a_week_stands_beside_the_week_before(branch: str) -> None:
    put(branch, "booked", 3)
    put(branch, "booked", 2, days_ago=6)
    put(branch, "missed", 5, days_ago=7)
    put(branch, "booked", 7, days_ago=13)
    put(branch, "booked", 100, days_ago=14)
    figures = load_figures([branch], days=7, now=NOW, timezone=BERLIN)
    assert (figures.period.total.calls, figures.before.total.calls, figures.today.calls) == (5, 12, 3)
    assert [step.calls for step in figures.period.steps] == [2, 0, 0, 0, 0, 0, 3]
    assert [step.calls for step in figures.before.steps] == [7, 0, 0, 0, 0, 0, 5]


def test_the_time_before_ends_at_the_same_hour(branch: str) -> None:
    put(branch, "booked", 1, days_ago=7, hour=10)
    put(branch, "missed", 50, days_ago=7, hour=11)
    assert load_figures([branch], days=7, now=NOW, timezone=BERLIN).before.total.calls == 1
    assert load_figures([branch], days=1, now=NOW, timezone=BERLIN).before.total.calls == 1


def test_today_stands_beside_the_same_weekday_by_hours(branch: str) -> None:
    put(branch, "booked", 2, hour=8)
    put(branch, "booked", 4, days_ago=1)
    put(branch, "booked", 3, days_ago=7, hour=9)
    figures = load_figures([branch], days=1, now=NOW, timezone=BERLIN)
    assert (figures.period.total.calls, figures.before.total.calls) == (2, 3)
    assert [step.calls for step in figures.period.steps][7:10] == [0, 2, 0]
    # the field of weekdays is a week long all the same
    assert figures.rings == {(4, 8): 2, (3, 9): 4}


def test_other_branches_are_not_counted(branch: str) -> None:
    put(branch, "booked", 1)
    put(BranchFactory().id, "booked", 9)
    assert load_figures([branch], days=30, now=NOW, timezone=BERLIN).period.total.calls == 1
    assert load_figures([], days=30, now=NOW, timezone=BERLIN).period.total.calls == 0


def test_the_night_goes_from_the_evening_to_the_morning(branch: str) -> None:
    put(branch, "booked", 1, days_ago=1, hour=17)
    put(branch, "booked", 2, days_ago=1, hour=18)
    put(branch, "callback", 3, hour=7)
    put(branch, "missed", 1, hour=3)
    put(branch, "booked", 20, hour=8)
    night = load_night_totals([branch], now=NOW, timezone=BERLIN)
    assert (night.answered, night.booked) == (5, 2)


def test_the_day_is_the_one_where_the_business_is(branch: str) -> None:
    put(branch, "booked", 1)
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    assert load_figures([branch], days=1, now=late, timezone=BERLIN).period.total.calls == 1
    assert load_figures([branch], days=1, now=late, timezone="Europe/London").period.total.calls == 0
