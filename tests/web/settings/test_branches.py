"""Branches are made and changed by the company itself; who is limited to some of them sees those only."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.scheduling.hours_editor import get_week
from app.models import Branch, Company, PhoneNumber
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in, token_of


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company(branches=("Berlin-Mitte", "Berlin-Pankow"), state="BE")


@pytest.fixture
def owner(app: Flask, company: Company) -> FlaskClient:
    return signed_in(app, make_user(company))


def post(client: FlaskClient, path: str, **fields: str) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def branches(db: SQLAlchemy, company: Company) -> dict[str, Branch]:
    db.session.expire_all()
    with company_scope(company.id):
        return {branch.name: branch for branch in db.session.scalars(select(Branch))}


def test_a_new_branch_is_open_as_usual_in_its_industry(db: SQLAlchemy, company: Company, owner: FlaskClient) -> None:
    assert 'value="BE" selected' in owner.get("/settings/branches/new").text
    answer = post(
        owner, "/settings/branches/new", name="Potsdam", street="Am Markt 2", city="Potsdam", state="BB", forward_number="0331 2345678"
    )
    branch = branches(db, company)["Potsdam"]
    assert answer.location.endswith(f"/settings/hours?branch_id={branch.id}")
    assert (branch.street, branch.state, branch.forward_number, branch.timezone) == ("Am Markt 2", "BB", "+493312345678", "Europe/Berlin")
    with company_scope(company.id):
        assert any(get_week(branch.id, None))
    assert "Potsdam" in owner.get("/settings/branches").text


def test_changing_a_branch_keeps_its_slug_and_clears_what_is_emptied(db: SQLAlchemy, company: Company, owner: FlaskClient) -> None:
    branch = branches(db, company)["Berlin-Mitte"]
    path = f"/settings/branches/{branch.id}"
    fields = {"street": "Torstraße 1", "city": "München", "forward_number": "030 2345678", "timezone": "Europe/Busingen"}
    post(owner, path, name="Mitte", state="BY", **fields)
    with company_scope(company.id), transaction():
        db.session.get_one(Branch, branch.id).local_holidays = []
    assert post(owner, path, name="Mitte", street="Torstraße 2", city="Augsburg", state="BY").status_code == 302
    changed = branches(db, company)["Mitte"]
    assert (changed.slug, changed.street, changed.forward_number, changed.timezone) == (branch.slug, "Torstraße 2", None, "Europe/Busingen")
    # another municipality: what was decided for the former one no longer applies
    assert changed.local_holidays is None
    assert post(owner, path, name="Mitte").status_code == 302
    assert branches(db, company)["Mitte"].state is None


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": ""}, "name", "Diese Angabe fehlt."),
        ({"name": "berlin-pankow"}, "name", "gibt es schon"),
        ({"name": "Mitte", "forward_number": "12"}, "forward_number", ""),
        ({"name": "Mitte", "forward_number": "030 23125100"}, "forward_number", "die Assistentin selbst"),
        ({"name": "Mitte", "state": "XX"}, "state", "Bitte wählen."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    db: SQLAlchemy, company: Company, owner: FlaskClient, fields: dict[str, str], field: str, sentence: str
) -> None:
    branch = branches(db, company)["Berlin-Mitte"]
    with company_scope(company.id), transaction():
        db.session.add(PhoneNumber(e164="+493023125100", branch_id=branch.id))
    for path in (f"/settings/branches/{branch.id}", "/settings/branches/new"):
        answer = post(owner, path, **fields)
        assert answer.status_code in (409, 422), path
        assert re.search(rf'id="{field}-note">.*?{sentence}', answer.text), path
    assert set(branches(db, company)) == {"Berlin-Mitte", "Berlin-Pankow"}


def test_a_branch_is_switched_off_and_on_from_its_page(db: SQLAlchemy, company: Company, owner: FlaskClient) -> None:
    branch = branches(db, company)["Berlin-Mitte"]
    page = f"/settings/branches/{branch.id}"
    assert "Filiale ausschalten" in owner.get(page).text
    assert post(owner, f"{page}/off", next=page).location == page
    assert "Filiale einschalten" in owner.get(page).text and "ausgeschaltet" in owner.get("/settings/branches").text
    assert post(owner, f"{page}/on").location == "/settings/branches"


def test_who_is_limited_to_a_branch_sees_that_one_only(app: Flask, company: Company) -> None:
    mitte, pankow = branch_ids(company)
    user = make_user(company, "manager")
    limit_to(user, mitte)
    manager = signed_in(app, user)
    assert manager.get(f"/settings/branches/{mitte}").status_code == 200
    assert manager.get(f"/settings/branches/{pankow}").status_code == 404
    assert post(manager, f"/settings/branches/{pankow}", name="Meine").status_code == 404
    assert "Berlin-Pankow" not in manager.get("/settings/branches").text
    assert manager.get("/settings/branches/new").status_code == post(manager, "/settings/branches/new", name="Neu").status_code == 403


def test_strangers_and_the_front_desk_stay_outside(app: Flask, company: Company) -> None:
    mitte = branch_ids(company)[0]
    other = signed_in(app, make_user(make_company("werkstatt-kruse")))
    assert other.get(f"/settings/branches/{mitte}").status_code == post(other, f"/settings/branches/{mitte}", name="x").status_code == 404
    assert other.get("/settings/branches/x%C3%BC").status_code == 404
    desk = signed_in(app, make_user(company, "front_desk"))
    assert desk.get("/settings/branches").status_code == post(desk, f"/settings/branches/{mitte}", name="x").status_code == 403
