"""Audit entries: who did what, kept with what was done."""

import pytest
import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.route_guards import bind_user
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.audit.log import record
from app.models import AuditEntry
from tests.support.users import make_company, make_user


def test_an_entry_says_who_where_and_what(db: SQLAlchemy) -> None:
    salon = make_company()
    user = make_user(salon)
    bind_user(user.id)
    with company_scope(salon.id), transaction():
        record("number_assigned", subject="number:1", data={"branch": "mitte"})
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.data, entry.company_id, entry.user_id) == (
        "number_assigned", "number:1", {"branch": "mitte"}, salon.id, user.id,
    )  # fmt: skip


def test_machinery_has_neither_company_nor_user(db: SQLAlchemy) -> None:
    structlog.contextvars.clear_contextvars()
    with transaction():
        record("event_replayed")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.company_id, entry.user_id, entry.request_id) == (None, None, None)


def test_what_is_rolled_back_leaves_no_entry(db: SQLAlchemy) -> None:
    with pytest.raises(RuntimeError), transaction():
        record("number_assigned")
        raise RuntimeError
    assert db.session.scalars(select(AuditEntry)).all() == []
