"""The list of customers and one of them."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.search import list_recent_callers
from app.models import Call, Company, Customer, CustomerIdentity
from tests.support.calls import make_call
from tests.support.people import make_company, make_user, signed_in

NUMBER = "+491713920051"


def _customer(name: str | None, *, minutes_ago: int | None = None, number: str | None = None) -> Customer:
    from app.core.extensions import db

    called = None if minutes_ago is None else now() - timedelta(minutes=minutes_ago)
    customer = Customer(name=name, last_call_at=called)
    db.session.add(customer)
    db.session.flush()
    if number:
        db.session.add(CustomerIdentity(customer_id=customer.id, kind="phone", value=number))
    return customer


@pytest.fixture
def salon(app: Flask, db: SQLAlchemy) -> Company:
    return make_company()


def test_who_called_last_comes_first_and_pages_follow_without_gaps(salon: Company) -> None:
    with company_scope(salon.id):
        with transaction():
            same = now() - timedelta(hours=1)
            for place in range(7):
                _customer(f"Nie {place}")
                _customer(f"Gerufen {place}", minutes_ago=place)
                _customer(f"Zugleich {place}").last_call_at = same
        seen, after = [], None
        while page := list_recent_callers(limit=4, after=after):
            seen += [customer.name for customer in page]
            after = page[-1]
    assert len(seen) == len(set(seen)) == 21
    assert seen[:7] == [f"Gerufen {place}" for place in range(7)]
    assert all(name.startswith("Nie") for name in seen[-7:])


def test_a_person_is_shown_with_calls_and_with_whom_the_number_is_shared(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    with company_scope(salon.id), transaction():
        hanna, ole = _customer("Hanna Vogt", minutes_ago=3, number=NUMBER), _customer("Ole Vogt", number=NUMBER)
        ids = hanna.id, ole.id
    call_id = make_call(salon, summary="Frage nach einem Termin.")
    with company_scope(salon.id), transaction():
        db.session.execute(update(Call).where(Call.id == call_id).values(customer_id=ids[0]))
    owner = signed_in(app, make_user(salon))
    listed = owner.get("/customers").text
    assert "Hanna Vogt" in listed and "mehrere Personen" in listed
    assert listed.index("Hanna Vogt") < listed.index("Ole Vogt")
    page = owner.get(f"/customers/{ids[0]}").text
    assert "Frage nach einem Termin." in page and f"/calls/{call_id}" in page
    assert "Am selben Anschluss" in page and "Ole Vogt" in page
    assert owner.get("/customers?q=0171 3920051").text.count("Vogt</a>") == 2
    assert "Niemand mit" in owner.get("/customers?q=Nadolny").text


def test_another_companys_customer_is_nobody(app: Flask, salon: Company) -> None:
    other = make_company("werkstatt-kruse")
    with company_scope(other.id), transaction():
        foreign = _customer("Kai Kruse", number=NUMBER).id
    owner = signed_in(app, make_user(salon))
    assert owner.get(f"/customers/{foreign}").status_code == 404
    assert "Kruse" not in owner.get("/customers").text
