"""The hourly counts say what the calls say, whatever happens to those."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.reports import call_counters
from app.models import Call, CallDay, CallHour, Company
from tests.factories.calls import CallFactory
from tests.factories.companies import BranchFactory, CompanyFactory

# half past midnight in Berlin, still the day before in UTC
MIDNIGHT = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    made = CompanyFactory()
    db.session.commit()
    return made


def counts(company: Company) -> dict[tuple[date, int, str], tuple[int, int]]:
    with company_scope(company.id):
        rows = call_counters.db.session.scalars(select(CallHour)).all()
        days = call_counters.db.session.scalars(select(CallDay)).all()
        for figure in ("calls", "seconds"):
            assert sum(getattr(row, figure) for row in rows) == sum(getattr(row, figure) for row in days)
        assert {(row.day, row.outcome) for row in rows if row.calls} == {(row.day, row.outcome) for row in days if row.calls}
        return {(row.day, row.hour, row.outcome): (row.calls, row.seconds) for row in rows if row.calls}


def new_call(company: Company, **values: Any) -> Call:
    with company_scope(company.id), transaction():
        call = CallFactory(**{"status": "ongoing", "outcome": None, "duration_s": None, "started_at": MIDNIGHT} | values)
        call_counters.count_call(call, None)
    return call


def change(company: Company, call: Call, **values: Any) -> None:
    with company_scope(company.id), transaction():
        before = call_counters.to_counted(call)
        for name, value in values.items():
            setattr(call, name, value)
        call_counters.count_call(call, before)


def test_a_call_is_counted_where_the_branch_has_its_day_and_hour(company: Company) -> None:
    new_call(company)
    assert counts(company) == {(date(2026, 11, 20), 0, "running"): (1, 0)}


def test_an_outcome_moves_the_call_and_brings_its_seconds(company: Company) -> None:
    call = new_call(company)
    change(company, call, status="ended", outcome="information", duration_s=60)
    change(company, call, outcome="booked")
    assert counts(company) == {(date(2026, 11, 20), 0, "booked"): (1, 60)}


def test_applying_the_same_again_counts_nothing_twice(company: Company) -> None:
    call = new_call(company)
    for _ in range(3):
        change(company, call, status="ended", outcome="booked", duration_s=60)
    assert counts(company) == {(date(2026, 11, 20), 0, "booked"): (1, 60)}


def test_a_better_known_start_moves_the_hour(company: Company) -> None:
    call = new_call(company)
    change(company, call, started_at=MIDNIGHT - timedelta(hours=1))
    assert counts(company) == {(date(2026, 11, 19), 23, "running"): (1, 0)}


def test_what_is_rolled_back_is_not_counted(company: Company) -> None:
    with pytest.raises(RuntimeError), company_scope(company.id), transaction():
        call_counters.count_call(CallFactory(started_at=MIDNIGHT), None)
        raise RuntimeError
    assert counts(company) == {}


def test_calls_of_a_line_check_are_not_counted(company: Company) -> None:
    new_call(company, is_test=True)
    assert counts(company) == {}


def test_companies_of_one_transaction_are_counted_apart(company: Company) -> None:
    other = CompanyFactory()
    with transaction():
        for owner in (company, other):
            with company_scope(owner.id):
                call_counters.count_call(CallFactory(started_at=MIDNIGHT, duration_s=10), None)
    assert counts(company) == counts(other) == {(date(2026, 11, 20), 0, "booked"): (1, 10)}


def test_counting_anew_finds_the_same(company: Company) -> None:
    with company_scope(company.id), transaction():
        branch = BranchFactory()
        for hours in range(72):
            outcome = ("booked", "missed", "callback")[hours % 3]
            call = CallFactory(branch_id=branch.id, started_at=MIDNIGHT - timedelta(hours=hours), outcome=outcome, duration_s=hours)
            call_counters.count_call(call, None)
    kept = counts(company)
    with transaction():
        call_counters.rebuild_stats(company.id, first=date(2026, 11, 1), last=date(2026, 11, 20))
    assert counts(company) == kept
    assert sum(calls for calls, _seconds in kept.values()) == 72


def test_counting_some_days_anew_leaves_the_others(company: Company) -> None:
    new_call(company)
    new_call(company, started_at=MIDNIGHT - timedelta(days=3))
    with transaction():
        call_counters.rebuild_stats(company.id, first=date(2026, 11, 20), last=date(2026, 11, 20))
    assert sorted(day for day, _hour, _outcome in counts(company)) == [date(2026, 11, 17), date(2026, 11, 20)]
