"""Numbers and branches are switched off and on by the owner and by support; what callers meet follows at once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.domain.agents.inbound_call import InboundCallResponse, handle_inbound
from app.domain.companies.number_lookup import find_numbers
from app.models import Agent, AuditEntry, Branch, Company, PhoneNumber
from tests.factories.salon import Salon, make_salon
from tests.support.users import make_user, signed_in, token_of

NUMBER = "+493023125190"


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    salon = make_salon()
    with company_scope(salon.company_id):
        db.session.add(PhoneNumber(e164=NUMBER, branch_id=salon.branches["mitte"]))
        db.session.get_one(Branch, salon.branches["mitte"]).forward_number = "+493023125199"
        db.session.commit()
    return salon


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner"))


def press(client: FlaskClient, path: str, *, token_from: str = "/tasks") -> int:
    return client.post(path, data={"csrf_token": token_of(client)}).status_code


def number_id(db: SQLAlchemy, salon: Salon) -> str:
    with company_scope(salon.company_id):
        return db.session.scalars(select(PhoneNumber.id).where(PhoneNumber.e164 == NUMBER)).one()


def ring(db: SQLAlchemy, salon: Salon) -> InboundCallResponse:
    db.session.rollback()
    with company_scope(salon.company_id):
        return handle_inbound(find_numbers([NUMBER])[NUMBER], "+491713920050")


def audited(db: SQLAlchemy) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.contains("_switched_")).order_by(AuditEntry.id)))


def test_a_number_that_is_off_is_nobodys_until_it_is_on_again(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    path = f"/settings/numbers/{number_id(db, salon)}"
    assert find_numbers([NUMBER])
    assert press(owner, f"{path}/off") == 302
    assert find_numbers([NUMBER]) == {}
    assert "Anrufe warten beim Support" in owner.get("/settings/line").text
    assert press(owner, f"{path}/on") == 302
    assert press(owner, f"{path}/on") == 302
    assert find_numbers([NUMBER])
    assert audited(db) == ["number_switched_off", "number_switched_on"]


def test_a_branch_that_is_off_loses_no_caller(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    with company_scope(salon.company_id):
        agent = Agent(name="Lena")
        db.session.add(agent)
        db.session.flush()
        db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == NUMBER)).one().agent_id = agent.id
        db.session.commit()
    assert ring(db, salon).variables["hand_over"] == "no"
    assert press(owner, f"/settings/branches/{salon.branches['mitte']}/off") == 302
    assert ring(db, salon).variables["hand_over"] == "yes"
    assert "Anrufe gehen sofort an" in owner.get("/settings/branches").text
    assert press(owner, f"/settings/branches/{salon.branches['mitte']}/on") == 302
    assert ring(db, salon).variables["hand_over"] == "no"


def test_support_switches_for_a_company_and_only_what_is_that_companys(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    support, other = signed_in(app, make_user(None, "support")), make_salon("werkstatt-kruse")
    path = f"/admin/companies/{salon.company_id}/numbers/{number_id(db, salon)}/off"
    assert press(support, path.replace(salon.company_id, other.company_id), token_from="/admin/companies") == 404
    assert find_numbers([NUMBER])
    assert press(support, path, token_from="/admin/companies") == 302
    assert find_numbers([NUMBER]) == {}
    branch = f"/admin/companies/{salon.company_id}/branches/{salon.branches['mitte']}"
    assert press(support, f"{branch}/off", token_from="/admin/companies") == 302
    assert support.get(f"/admin/companies/{salon.company_id}").text.count("ausgeschaltet") >= 2
    assert audited(db) == ["number_switched_off", "branch_switched_off"]


def test_the_front_desk_switches_nothing(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    desk = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "front_desk"))
    assert press(desk, f"/settings/numbers/{number_id(db, salon)}/off") == 403
    assert press(desk, f"/settings/branches/{salon.branches['mitte']}/off") == 403
