"""Links that open nothing any more are forgotten, at every company."""

from datetime import timedelta

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.jobs.self_service_links import delete_expired_links
from app.models import BookingLink
from tests.factories.calendar import BookingLinkFactory
from tests.factories.companies import CompanyFactory


def test_expired_links_are_deleted_at_every_company(db: SQLAlchemy) -> None:
    with unscoped(), transaction():
        companies = [CompanyFactory().id for _company in range(2)]
    kept = set()
    for company_id in companies:
        with company_scope(company_id), transaction():
            BookingLinkFactory(expires_at=now() - timedelta(seconds=1))
            kept.add(BookingLinkFactory(expires_at=now() + timedelta(days=1)).token_hash)
    assert (delete_expired_links(), delete_expired_links()) == (2, 0)
    with unscoped():
        assert set(db.session.scalars(select(BookingLink.token_hash))) == kept
