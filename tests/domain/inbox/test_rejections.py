"""Refused webhooks are counted in rows that cannot fill the database, and summed up for the number they name."""

from datetime import timedelta
from ipaddress import ip_address

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.inbox import rejections
from app.domain.inbox.rejections import (
    Rejection,
    RejectionSummary,
    delete_expired_rejections,
    find_recent_rejections,
    list_rejections,
    record_rejection,
)
from app.models import Company, PhoneNumber, RejectedWebhook
from app.providers.webhook_reader import Peek
from tests.factories.companies import RejectedWebhookFactory, WebhookEventFactory
from tests.support.retell_webhooks import MITTE, PANKOW, make_company_with_number


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company_with_number()


def _reject(address: str, *, provider: str = "retell", number: str | None = None) -> None:
    peek = Peek("call_started", "call_1", number, "call_1")
    with transaction():
        record_rejection(Rejection(provider, "mismatch", address, "/api/retell/webhook", 10, peek=peek))


def _rows(db: SQLAlchemy) -> list[RejectedWebhook]:
    db.session.rollback()
    return list(db.session.scalars(select(RejectedWebhook).order_by(RejectedWebhook.id)))


def test_many_senders_share_a_row_once_a_day_has_too_many(db: SQLAlchemy, salon: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejections, "MAX_ROWS_PER_DAY", 3)
    for number in range(40):
        _reject(str(ip_address(0x0A000000 + number)), number=MITTE if number % 2 else "+493099999999")
    _reject("10.0.0.1", number=MITTE)
    _reject("10.0.1.1", provider="calcom")
    rows = _rows(db)
    assert sum(row.rejection_count for row in rows) == 42
    assert len(rows) == 3 + 1 + 2
    together = [(row.provider, row.company_id, row.rejection_count) for row in rows if row.address is None]
    assert together == [("retell", salon.id, 19), ("retell", None, 18), ("calcom", None, 1)]
    assert next(row.rejection_count for row in rows if row.address == "10.0.0.1") == 2


def test_many_companies_share_a_row_too(db: SQLAlchemy, salon: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejections, "MAX_ROWS_PER_DAY", 1)
    for number, name in enumerate(("a", "b", "c")):
        make_company_with_number(f"salon-{name}", f"+4930231251{number}2")
        for address in ("10.0.0.1", "10.0.0.2"):
            _reject(address, number=f"+4930231251{number}2")
    assert db.session.scalar(select(func.count()).select_from(RejectedWebhook)) == 3
    assert sum(row.rejection_count for row in _rows(db)) == 6


def test_they_expire(db: SQLAlchemy) -> None:
    for age in (timedelta(days=31), timedelta(days=29), timedelta(0)):
        RejectedWebhookFactory(last_at=now() - age)
    db.session.commit()
    with transaction():
        assert delete_expired_rejections() == 1
    assert len(_rows(db)) == 2


def test_the_instant_from_which_they_are_listed_is_listed_with_them(db: SQLAlchemy) -> None:
    since = now()
    for seconds in (-1, 0, 1):
        RejectedWebhookFactory(last_at=since + timedelta(seconds=seconds))
    db.session.commit()
    assert [row.last_at for row in list_rejections(since=since)] == [since + timedelta(seconds=1), since]


def test_a_number_sums_up_its_own_of_the_last_day(db: SQLAlchemy, salon: Company) -> None:
    other = make_company_with_number("werkstatt-kruse", PANKOW)
    last_at = now() - timedelta(hours=2)
    for company, number, at, count in (
        (salon, MITTE, last_at, 3), (salon, MITTE, last_at - timedelta(hours=1), 2), (salon, MITTE, now() - timedelta(hours=25), 9),
        (other, PANKOW, now(), 5), (salon, None, now(), 7),
    ):  # fmt: skip
        RejectedWebhookFactory(company_id=company.id, to_number=number, first_at=at, last_at=at, rejection_count=count)
    db.session.commit()
    with company_scope(salon.id):
        number = db.session.scalars(select(PhoneNumber)).one()
        assert find_recent_rejections(number) == RejectionSummary(5, last_at, "mismatch", is_over=False)
        WebhookEventFactory(to_number=MITTE, provider_call_id="line_check_1", received_at=now())
        assert find_recent_rejections(number) == RejectionSummary(5, last_at, "mismatch", is_over=False)
        WebhookEventFactory(to_number=MITTE, provider_call_id="call_1", received_at=now())
        assert find_recent_rejections(number) == RejectionSummary(5, last_at, "mismatch", is_over=True)


def test_a_number_without_any_has_no_sum(db: SQLAlchemy, salon: Company) -> None:
    with company_scope(salon.id):
        assert find_recent_rejections(db.session.scalars(select(PhoneNumber)).one()) is None
