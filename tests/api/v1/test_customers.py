"""GET /customers"""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, Customer, CustomerIdentifier, CustomerNote
from tests.support.api_clients import ApiClient, make_api_client
from tests.support.tables import each_row
from tests.support.users import make_company


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def kasse(app: Flask, salon: Company) -> ApiClient:
    return make_api_client(app, salon)


def known(db: SQLAlchemy, company: Company, name: str | None, *reached: tuple[str, str]) -> str:
    with company_scope(company.id), transaction():
        customer = Customer(name=name)
        db.session.add(customer)
        db.session.flush()
        db.session.add_all(CustomerIdentifier(customer_id=customer.id, kind=kind, value=value) for kind, value in reached)
    return customer.id


def test_a_customer_with_numbers_and_addresses(kasse: ApiClient, salon: Company, db: SQLAlchemy) -> None:
    made = known(db, salon, "Wiebke Tiedemann", ("phone", "+491713920050"), ("phone", "+493023125115"), ("email", "w@t.example"))
    [item] = kasse.items("/customers")
    assert item["id"] == made and item["name"] == "Wiebke Tiedemann"
    assert sorted(item["phones"]) == ["+491713920050", "+493023125115"] and item["emails"] == ["w@t.example"]
    assert item["created_at"].endswith(("+01:00", "+02:00")) and item["last_call_at"] is None
    assert kasse.get(f"/customers/{made}").json == item


def test_notes_stand_in_one_text(kasse: ApiClient, salon: Company, db: SQLAlchemy) -> None:
    made = known(db, salon, "Wiebke Tiedemann")
    assert kasse.get(f"/customers/{made}").json["notes"] is None
    with company_scope(salon.id), transaction():
        for body, is_pinned in (("Alt.", False), ("Allergie!", True), ("Neu.", False)):
            db.session.add(CustomerNote(customer_id=made, body=body, is_pinned=is_pinned))
            db.session.flush()
    assert [item["notes"] for item in kasse.items("/customers")] == ["Allergie!\n\nNeu.\n\nAlt."]


@pytest.fixture
def three_customers(db: SQLAlchemy, salon: Company) -> None:
    known(db, salon, "Wiebke Tiedemann", ("phone", "+491713920050"), ("email", "w@t.example"))
    known(db, salon, "Jo Tietz", ("phone", "+491713920050"))
    known(db, salon, None, ("phone", "+493023125115"))


@each_row(
    "q, count",
    [
        ("wiebke", 1), ("tiedem", 1), ("0171 3920050", 2), ("+491713920050", 2), ("w@t.example", 1), ("W@T.example", 1), ("iedemann", 0),
        ("%", 0), ("_", 0), ("'", 0), ("\\", 0), ("x@y.example", 0), ("", 3),
    ],
)  # fmt: skip
def test_customers_are_found(kasse: ApiClient, three_customers: None, q: str, count: int) -> None:
    answer = kasse.get("/customers", q=q).json
    assert (len(answer["items"]), answer["total"]) == (count, count)


def test_customers_come_page_by_page(kasse: ApiClient, salon: Company, db: SQLAlchemy) -> None:
    made = [known(db, salon, f"Kundin {n}") for n in range(5)]
    pages = [kasse.get("/customers", page=page, per_page=2).json for page in (1, 2, 3)]
    assert [item["id"] for page in pages for item in page["items"]] == sorted(made, reverse=True)
    assert {page["total"] for page in pages} == {5}


def test_foreign_company_returns_404(kasse: ApiClient, db: SQLAlchemy) -> None:
    theirs = known(db, make_company("praxis-morgenstern"), "Wiebke Tiedemann", ("phone", "+491713920050"))
    for other in (theirs, "x", "ü", "01M7WRDJTWNZFJN3C3MH0WKBJD"):
        assert kasse.get(f"/customers/{other}").status_code == 404
    assert kasse.items("/customers") == kasse.items("/customers", q="0171 3920050") == []
