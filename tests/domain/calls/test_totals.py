"""How many calls there are, counted in either way."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.calls import totals
from app.domain.calls.searching import Search
from app.domain.calls.totals import count_calls
from app.domain.reports import counting
from app.models import Company
from tests.support.calls import make_call
from tests.support.people import branch_ids, make_company


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company(branches=("Mitte", "Pankow"))


def counted(salon: Company, **narrowed: object) -> int:
    with company_scope(salon.id):
        return count_calls(Search(**narrowed))  # type: ignore[arg-type]


def test_many_calls_are_counted_as_a_few_are(salon: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    berlin, today = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 20, tzinfo=ZoneInfo("Europe/Berlin"))
    for n in range(24):
        outcome = ("booked", "unknown", "callback")[n % 3]
        make_call(salon, branch=n % 2, outcome=outcome, started_at=today + timedelta(hours=n * 3 - 40), is_test=n == 7)
    make_call(salon, status="ongoing", outcome=None, started_at=today)
    with transaction():
        counting.recount(salon.id, first=date(2026, 11, 1), last=date(2026, 11, 30))
    searches: list[dict[str, object]] = [
        {}, {"outcome": "booked"}, {"outcome": "unknown"}, {"status": "ended"}, {"branch_ids": branch_ids(salon)[:1]},
        {"since": today}, {"until": today}, {"since": today, "until": today + timedelta(days=1), "outcome": "callback"},
        {"since": today + timedelta(hours=5)}, {"until": today.astimezone(berlin) + timedelta(minutes=1)},
        {"since": today + timedelta(days=9)},
    ]  # fmt: skip
    one_by_one = [counted(salon, **search) for search in searches]
    assert one_by_one[0] == 24 and 0 < one_by_one[6] < 24
    monkeypatch.setattr(totals, "COUNTED_ONE_BY_ONE", 0)
    assert [counted(salon, **search) for search in searches] == one_by_one
