"""How many calls there are, counted in either way."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.calls import counts
from app.domain.calls.counts import count_calls
from app.domain.calls.search import CallSearch
from app.domain.reports import call_counters
from app.models import Company
from tests.support.calls import make_call
from tests.support.users import branch_ids, make_company


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company(branches=("Mitte", "Pankow"))


def counted(salon: Company, **narrowed: object) -> tuple[int, bool]:
    with company_scope(salon.id):
        return count_calls(CallSearch(**narrowed))  # type: ignore[arg-type]


def test_many_calls_are_counted_as_a_few_are(salon: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime(2026, 11, 20, tzinfo=ZoneInfo("Europe/Berlin"))
    for n in range(24):
        outcome = ("booked", "unknown", "callback")[n % 3]
        make_call(salon, branch=n % 2, outcome=outcome, started_at=today + timedelta(hours=n * 3 - 40), is_test=n == 7)
    make_call(salon, status="ongoing", outcome=None, started_at=today)
    with transaction():
        call_counters.rebuild_stats(salon.id, first=date(2026, 11, 1), last=date(2026, 11, 30))
    searches: list[dict[str, object]] = [
        {}, {"outcome": "booked"}, {"branch_ids": branch_ids(salon)[:1]},
        {"since": today}, {"until": today}, {"since": today, "until": today + timedelta(days=1), "outcome": "callback"},
        {"since": today + timedelta(days=9)},
    ]  # fmt: skip
    one_by_one = [counted(salon, **search) for search in searches]
    assert one_by_one[0] == (24, True) and 0 < one_by_one[4][0] < 24
    monkeypatch.setattr(counts, "EXACT_COUNT_LIMIT", 0)
    assert [counted(salon, **search) for search in searches] == one_by_one


@pytest.mark.parametrize("narrowed", [{"status": "ended"}, {"outcome": "unknown"}, {"since": datetime(2026, 11, 20, 5, tzinfo=UTC)}])
def test_what_the_days_do_not_know_is_counted_up_to_a_limit(
    salon: Company, narrowed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        make_call(salon, outcome="unknown", started_at=datetime(2026, 11, 20, 6 + n, tzinfo=UTC))
    assert counted(salon, **narrowed) == (4, True)
    monkeypatch.setattr(counts, "EXACT_COUNT_LIMIT", 3)
    monkeypatch.setattr(counts, "MAX_COUNTED", 3)
    assert counted(salon, **narrowed) == (3, False)
    with company_scope(salon.id):
        assert count_calls(CallSearch(**narrowed), known_count=4) == (4, True)  # type: ignore[arg-type]
