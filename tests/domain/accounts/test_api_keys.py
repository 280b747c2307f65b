"""Keys of the API: kept as hashes, dead once revoked."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.transactions import transaction
from app.domain.accounts.api_keys import create_key, find_key, list_keys, revoke_key
from app.models import ApiKey, AuditEntry, Company
from tests.support.tables import each_row
from tests.support.users import make_company


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company()


def test_a_key_is_shown_once_and_kept_as_a_hash(db: SQLAlchemy, salon: Company) -> None:
    with transaction():
        key, plain = create_key(salon, "Kasse", ["calls:read", "bookings:write", "calls:read"])
    row = db.session.scalars(select(ApiKey)).one()
    assert plain.startswith(row.prefix) and len(row.prefix) <= 12
    assert plain not in (row.prefix, row.key_hash)
    found = find_key(plain)
    assert found is not None
    assert (found.id, found.company_id, found.scopes) == (key.id, salon.id, {"calls:read", "bookings:write"})
    assert [entry.action for entry in db.session.scalars(select(AuditEntry))] == ["api_key_made"]


@pytest.mark.parametrize("scopes", [[], ["calls:write"], ["calls:read", "*"], [""]])
def test_a_key_has_only_rights_that_exist(salon: Company, scopes: list[str]) -> None:
    with pytest.raises(InvalidInput), transaction():
        create_key(salon, "x", scopes)


def test_a_short_key_of_the_demo_is_not_shown_by_its_prefix(salon: Company) -> None:
    with transaction():
        key, plain = create_key(salon, "demo", ["calls:read"], plain="demo-1")
    assert plain == "demo-1" and key.prefix == "de"


@each_row("garbage", ["", "x", "apk_", "ü", "\udcff", "' OR 1=1 --", "a" * 10_000])
def test_garbage_is_no_key(salon: Company, garbage: str) -> None:
    with transaction():
        create_key(salon, "x", ["calls:read"])
    assert find_key(garbage) is None


def test_a_revoked_key_is_dead_at_once(db: SQLAlchemy, salon: Company) -> None:
    with transaction():
        key, plain = create_key(salon, "x", ["calls:read"])
        _, other = create_key(salon, "y", ["calls:read"])
    with transaction():
        assert revoke_key(key.prefix).id == key.id
        first = db.session.get_one(ApiKey, key.id).revoked_at
        assert revoke_key(key.id).revoked_at == first
    assert find_key(plain) is None and find_key(other) is not None
    assert [row.name for row in list_keys(salon.id)] == ["x", "y"]


def test_the_keys_of_a_closed_company_are_dead(db: SQLAlchemy, salon: Company) -> None:
    with transaction():
        _, plain = create_key(salon, "x", ["calls:read"])
        db.session.get_one(Company, salon.id).is_active = False
    assert find_key(plain) is None


@each_row("name", ["", "ü", "apk_unknown", "01M7WRDJTWNZFJN3C3MH0WKBJD"])
def test_what_is_no_key_cannot_be_revoked(salon: Company, name: str) -> None:
    with pytest.raises(NotFound):
        revoke_key(name)


def test_keys_that_begin_alike_are_told_apart_by_their_ids(salon: Company) -> None:
    with transaction():
        first, _ = create_key(salon, "x", ["calls:read"], plain="demo-key-of-the-salon-1")
        create_key(salon, "y", ["calls:read"], plain="demo-key-of-the-salon-2")
    with pytest.raises(NotFound):
        revoke_key(first.prefix)
