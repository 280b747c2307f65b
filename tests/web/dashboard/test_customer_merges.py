"""The pages on which people decide whether two records are one person."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.contacts import add_identifier, find_or_create
from app.models import AuditEntry, Company, Customer, CustomerMerge
from tests.support.users import make_company, make_user, signed_in, token_of

FIRST, SECOND = "+491713920050", "+491713920051"


@pytest.fixture
def salon(app: Flask, db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def desk(app: Flask, salon: Company) -> FlaskClient:
    return signed_in(app, make_user(salon, "front_desk"))


@pytest.fixture
def pair(salon: Company) -> tuple[str, str]:
    with company_scope(salon.id), transaction():
        one, other = find_or_create("Svea Thomsen", number=FIRST), find_or_create("Svea Tomsen", number=SECOND)
        add_identifier(other, "phone", FIRST)
        return one.id, other.id


def _post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def _merge_id(db: SQLAlchemy, salon: Company) -> str:
    db.session.rollback()
    with company_scope(salon.id):
        return db.session.scalars(select(CustomerMerge.id).where(CustomerMerge.undone_at.is_(None))).one()


def test_two_who_look_alike_are_compared_merged_and_parted(
    app: Flask, db: SQLAlchemy, salon: Company, desk: FlaskClient, pair: Any
) -> None:
    one, other = pair
    page = desk.get("/customers/duplicates").text
    assert "Svea Thomsen" in page and "Svea Tomsen" in page
    assert "Vielleicht dieselbe Person" in desk.get(f"/customers/{one}").text
    preview = desk.get(f"/customers/{one}/merge?other={other}").text
    assert "Es ziehen um: 1 Nummer oder Adresse." in preview and "Welcher Name stimmt?" in preview
    assert _post(desk, f"/customers/{one}/merge", other=other, name="merged").status_code == 302
    page = desk.get(f"/customers/{one}").text
    assert "<h1" in page and "Svea Tomsen" in page and "+49 171 3920051" in page and "Zusammengeführt" in page
    # old addresses lead to the record that was kept
    assert desk.get(f"/customers/{other}").location == f"/customers/{one}"
    assert "Niemand sieht doppelt aus" in desk.get("/customers/duplicates").text
    merge_id = _merge_id(db, salon)
    assert "Alles wird wieder genau so, wie es war." in desk.get(f"/customers/{one}/unmerge/{merge_id}").text
    assert _post(desk, f"/customers/{one}/unmerge/{merge_id}").location == f"/customers/{other}"
    assert "Svea Thomsen" in desk.get(f"/customers/{one}").text and "Svea Tomsen" in desk.get(f"/customers/{other}").text
    assert _post(desk, f"/customers/{one}/unmerge/{merge_id}").status_code == 404
    db.session.rollback()
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"customers_merged", "customers_unmerged"} <= actions


def test_who_was_told_apart_is_not_suggested_again(desk: FlaskClient, pair: Any) -> None:
    one, other = pair
    assert _post(desk, f"/customers/{other}/distinct", other=one).status_code == 302
    assert "Niemand sieht doppelt aus" in desk.get("/customers/duplicates").text
    assert "Vielleicht dieselbe Person" not in desk.get(f"/customers/{one}").text


def test_another_record_is_looked_for(desk: FlaskClient, pair: Any, salon: Company) -> None:
    with company_scope(salon.id), transaction():
        ole = find_or_create("Ole Brandt").id
    page = desk.get(f"/customers/{pair[0]}/merge?q=brandt").text
    assert re.search(rf"/customers/{pair[0]}/merge\?other={ole}", page)
    assert f"other={pair[1]}" in desk.get(f"/customers/{pair[0]}/merge").text


def test_what_came_since_is_named_before(db: SQLAlchemy, salon: Company, desk: FlaskClient, pair: Any) -> None:
    one, other = pair
    _post(desk, f"/customers/{one}/merge", other=other)
    _post(desk, f"/customers/{one}/notes", body="Neu.")
    page = desk.get(f"/customers/{one}/unmerge/{_merge_id(db, salon)}").text
    assert "Seitdem kam dazu und bleibt bei Svea Thomsen: 1 Notiz." in page


def test_only_who_may_write_and_only_in_their_company(app: Flask, db: SQLAlchemy, salon: Company, desk: FlaskClient, pair: Any) -> None:
    one, other = pair
    kruse = make_company("werkstatt-kruse")
    with company_scope(kruse.id), transaction():
        foreign = find_or_create("Svea Thomsen", number=FIRST).id
    reader, stranger = signed_in(app, make_user(salon, "read_only")), signed_in(app, make_user(kruse))
    assert reader.get("/customers/duplicates").status_code == reader.get(f"/customers/{one}/merge?other={other}").status_code == 403
    assert "Vielleicht dieselbe Person" not in reader.get(f"/customers/{one}").text
    for path in ("merge", "distinct"):
        assert _post(reader, f"/customers/{one}/{path}", other=other).status_code == 403
        assert _post(stranger, f"/customers/{one}/{path}", other=other).status_code == 404
        for alien in (foreign, new_ulid()):
            assert _post(desk, f"/customers/{one}/{path}", other=alien).status_code == 404
            assert _post(desk, f"/customers/{alien}/{path}", other=one).status_code == 404
    assert desk.get(f"/customers/{one}/merge?other={foreign}").status_code == 404
    assert "Svea Tomsen" not in stranger.get("/customers/duplicates").text
    _post(desk, f"/customers/{one}/merge", other=other)
    merge_id = _merge_id(db, salon)
    for client, status in ((reader, 403), (stranger, 404)):
        assert _post(client, f"/customers/{one}/unmerge/{merge_id}").status_code == status
        assert client.get(f"/customers/{one}/unmerge/{merge_id}").status_code == status
    assert stranger.get(f"/customers/{other}").status_code == 404
    assert _post(stranger, f"/customers/{foreign}/unmerge/{merge_id}").status_code == 404
    with company_scope(salon.id):
        assert db.session.scalars(select(Customer).where(Customer.id == one)).one()
