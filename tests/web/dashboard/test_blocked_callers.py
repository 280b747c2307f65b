"""A caller is turned away from a call's page or a person's, while the phone rings, and may call again when that is taken back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.domain.agents.inbound_call import handle_inbound
from app.domain.companies.number_lookup import find_numbers
from app.models import AuditEntry, BlockedCaller, Branch, Call, Company, Customer, CustomerIdentifier, PhoneNumber
from tests.factories.calls import CallFactory
from tests.support.users import make_company, make_user, signed_in, token_of

CALLER, NUMBER = "+491713920050", "+493023125100"


@pytest.fixture
def ids(db: SQLAlchemy) -> dict[str, str]:
    company, other = make_company(), make_company("werkstatt-kruse")
    with company_scope(company.id):
        branch = db.session.scalars(select(Branch)).one()
        customer = Customer(name="Svea Thomsen")
        db.session.add_all([customer, PhoneNumber(e164=NUMBER, branch_id=branch.id)])
        db.session.flush()
        db.session.add(CustomerIdentifier(customer_id=customer.id, kind="phone", value=CALLER))
        call = CallFactory(branch_id=branch.id, customer_id=customer.id, from_number=CALLER, direction="inbound")
        hidden = CallFactory(branch_id=branch.id, from_number=None, caller_kind="withheld", direction="inbound")
        db.session.commit()
        return {"company": company.id, "other": other.id, "call": call.id, "hidden": hidden.id, "customer": customer.id}


@pytest.fixture
def desk(app: Flask, db: SQLAlchemy, ids: dict[str, str]) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, ids["company"]), "front_desk"))


def press(client: FlaskClient, path: str) -> int:
    return client.post(path, data={"csrf_token": token_of(client)}).status_code


def is_turned_away(db: SQLAlchemy, company_id: str) -> bool:
    db.session.rollback()
    with company_scope(company_id):
        return handle_inbound(find_numbers([NUMBER])[NUMBER], CALLER).rejected


@pytest.mark.parametrize("of", ["calls/{call}", "customers/{customer}"])
def test_a_caller_is_turned_away_and_may_call_again(db: SQLAlchemy, ids: dict[str, str], desk: FlaskClient, of: str) -> None:
    path = "/" + of.format(**ids)
    assert not is_turned_away(db, ids["company"])
    assert press(desk, f"{path}/block") == 302
    assert press(desk, f"{path}/block") == 302
    assert is_turned_away(db, ids["company"])
    assert "Nicht mehr blockieren" in desk.get(path).text
    assert press(desk, f"{path}/unblock") == 302
    assert not is_turned_away(db, ids["company"])
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("caller_")).order_by(AuditEntry.id)).all()
    assert actions == ["caller_blocked", "caller_unblocked"]


def test_who_hides_the_number_cannot_be_turned_away(db: SQLAlchemy, ids: dict[str, str], desk: FlaskClient) -> None:
    assert press(desk, f"/calls/{ids['hidden']}/block") == 409
    assert "Blockieren" not in desk.get(f"/calls/{ids['hidden']}").text


def test_another_company_still_takes_their_calls(db: SQLAlchemy, ids: dict[str, str], desk: FlaskClient) -> None:
    press(desk, f"/calls/{ids['call']}/block")
    db.session.rollback()
    with company_scope(ids["other"]):
        assert db.session.scalars(select(BlockedCaller)).all() == []
        assert db.session.scalars(select(Call)).all() == []


def test_the_list_takes_one_back(app: Flask, db: SQLAlchemy, ids: dict[str, str], desk: FlaskClient) -> None:
    press(desk, f"/calls/{ids['call']}/block")
    with company_scope(ids["company"]):
        blocked = db.session.scalars(select(BlockedCaller.id)).one()
    owner = signed_in(app, make_user(db.session.get_one(Company, ids["company"]), "owner"))
    assert "Wer abgewiesen wird" in owner.get("/settings/line").text
    assert press(owner, f"/settings/blocked/{blocked}/remove") == 302
    assert not is_turned_away(db, ids["company"])
