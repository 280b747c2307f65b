"""The pages on which support begins a business."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.models import Agent, AuditEntry, Branch, Company, PhoneNumber, User
from tests.support.users import branch_ids, make_company, make_user, sign_in, signed_in, token_of

NUMBER = "+493023125100"


@pytest.fixture
def support(app: Flask, db: SQLAlchemy) -> FlaskClient:
    return signed_in(app, make_user(None, "support"))


def post(client: FlaskClient, path: str, **fields: str):
    return client.post(path, data={**fields, "csrf_token": token_of(client)})


def the(db: SQLAlchemy, model: type):
    db.session.rollback()
    with unscoped():
        return db.session.scalars(select(model)).one()


def begin(support: FlaskClient, db: SQLAlchemy) -> Company:
    made = post(support, "/admin/companies/new", name="Salon Sonnenschein", industry="hair_salon", state="BE")
    assert made.status_code == 302, made.text
    company = the(db, Company)
    assert made.location == f"/admin/companies/{company.id}/branches/new"
    return company


def test_support_begins_a_business_from_an_empty_list_to_its_owner_at_the_live_board(
    app: Flask, support: FlaskClient, db: SQLAlchemy
) -> None:
    assert 'href="/admin/companies/new"' in support.get("/admin/companies").text
    company = begin(support, db)
    page = support.get(f"/admin/companies/{company.id}/branches/new").text
    assert 'value="Di-Fr 9-18, Sa 9-14"' in page and '<option value="BE" selected>' in page
    assert post(support, f"/admin/companies/{company.id}/branches/new", name="Mitte", city="Berlin", hours="Mo-Fr 9-18").status_code == 302
    branch = the(db, Branch)
    page = support.get(f"/admin/companies/{company.id}").text
    assert "Rufnummer geben" in page and f'name="branch_id" value="{branch.id}"' in page
    added = post(support, f"/admin/companies/{company.id}/numbers", number="030 23125100", branch_id=branch.id, label="Zentrale")
    assert added.status_code == 302
    assert (the(db, PhoneNumber).e164, the(db, PhoneNumber).agent_id) == (NUMBER, the(db, Agent).id)
    made = post(support, f"/admin/companies/{company.id}/users/new", email="mara@sonne.example", name="Mara Sonne", role="owner")
    assert made.status_code == 200
    password = re.search(r"data-password>([^<]+)<", made.text)
    assert password, made.text
    owner = app.test_client()
    assert sign_in(owner, "mara@sonne.example", password[1]).status_code == 302
    assert owner.get("/live").location == "/account/password"
    page = support.get("/admin/companies").text
    assert "salon-sonnenschein" in page and "ohne" not in re.sub(r"<[^>]+>", " ", page.partition("<tbody>")[2].partition("</tbody>")[0])


def test_each_step_stands_in_the_log_with_who_did_it(support: FlaskClient, db: SQLAlchemy) -> None:
    company = begin(support, db)
    post(support, f"/admin/companies/{company.id}/branches/new", name="Mitte")
    post(support, f"/admin/companies/{company.id}/numbers", number=NUMBER, branch_id=the(db, Branch).id)
    post(support, f"/admin/companies/{company.id}/users/new", email="mara@sonne.example")
    me = db.session.scalars(select(User.id).where(User.role == "support")).one()
    done = select(AuditEntry.action).where(AuditEntry.user_id == me, AuditEntry.company_id == company.id)
    assert {"company_made", "branch_made", "number_added", "user_made"} <= set(db.session.scalars(done))
    assert "Firma angelegt" in support.get("/admin/audit").text


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"name": "", "industry": "garage"}, "name", "Diese Angabe fehlt."),
        ({"name": "Salon", "industry": "witchcraft"}, "industry", "Bitte wählen."),
        ({"name": "Salon", "industry": "garage", "timezone": "Berlin"}, "timezone", "Gemeint ist vielleicht Europe/Berlin."),
        ({"name": "Salon", "industry": "garage", "timezone": "Europe/Vienna", "state": "BE"}, "state", "nur für Deutschland"),
        ({"name": "Salon", "industry": "garage", "language": "fr"}, "language", "Bitte wählen."),
    ],
)
def test_what_is_wrong_with_a_company_stands_beside_its_field(
    support: FlaskClient, db: SQLAlchemy, fields: dict[str, str], field: str, said: str
) -> None:
    answer = post(support, "/admin/companies/new", **fields)
    assert answer.status_code == 422 and said in answer.text and f'aria-describedby="{field}-note" aria-invalid="true"' in answer.text
    assert f'value="{fields["name"]}"' in answer.text
    assert db.session.scalars(select(Company)).all() == []


def test_a_name_that_is_there_is_asked_about_before_another_company_of_it_is_made(support: FlaskClient, db: SQLAlchemy) -> None:
    begin(support, db)
    again = {"name": "SALON Sonnenschein", "industry": "hair_salon"}
    asked = post(support, "/admin/companies/new", **again)
    assert asked.status_code == 409 and "gibt es schon: salon-sonnenschein." in asked.text and 'name="is_another"' in asked.text
    assert 'name="is_another"' not in support.get("/admin/companies/new").text
    assert post(support, "/admin/companies/new", **again, is_another="1").status_code == 302
    with unscoped():
        assert sorted(db.session.scalars(select(Company.slug))) == ["salon-sonnenschein", "salon-sonnenschein-2"]


@pytest.mark.parametrize(
    ("fields", "field", "said", "status"),
    [
        ({"name": " "}, "name", "Diese Angabe fehlt.", 422),
        ({"name": "berlin-mitte"}, "name", "gibt es schon: berlin-mitte", 409),
        ({"name": "Pankow", "hours": "immer"}, "hours", "Mo-Fr 9-13", 422),
        ({"name": "Pankow", "hours": "Mo-Fr 9-5"}, "hours", "Meinen Sie 9-17?", 422),
        ({"name": "Pankow", "forward_number": "12"}, "forward_number", "keine Rufnummer", 422),
        ({"name": "Pankow", "state": "XX"}, "state", "Bitte wählen.", 422),
    ],
)
def test_what_is_wrong_with_a_branch_stands_beside_its_field(
    support: FlaskClient, db: SQLAlchemy, fields: dict[str, str], field: str, said: str, status: int
) -> None:
    company = make_company()
    answer = post(support, f"/admin/companies/{company.id}/branches/new", **fields)
    assert answer.status_code == status and said in answer.text
    assert f'aria-describedby="{field}-note" aria-invalid="true"' in answer.text
    assert len(branch_ids(company)) == 1


def test_a_number_that_is_taken_or_none_stands_beside_its_field(support: FlaskClient, db: SQLAlchemy) -> None:
    mine, theirs = make_company(), make_company("salon-mond")
    mine_id, theirs_id = mine.id, theirs.id
    first, second = branch_ids(mine)[0], branch_ids(theirs)[0]
    assert post(support, f"/admin/companies/{mine_id}/numbers", number=NUMBER, branch_id=first).status_code == 302
    taken = post(support, f"/admin/companies/{theirs_id}/numbers", number=NUMBER, branch_id=second)
    assert taken.status_code == 409 and "gehört schon zu Salon Lindgren" in taken.text
    for number, said in (("12345", "keine Rufnummer"), ("112", "Kurzwahl"), ("", "Diese Angabe fehlt.")):
        answer = post(support, f"/admin/companies/{theirs_id}/numbers", number=number, branch_id=second)
        assert answer.status_code == 422 and said in answer.text, number
    assert post(support, f"/admin/companies/{theirs_id}/numbers", number="+493023125101", branch_id=first).status_code == 422


def test_a_number_moves_to_another_branch_and_is_switched_off(support: FlaskClient, db: SQLAlchemy) -> None:
    company = make_company(branches=("Mitte", "Pankow"))
    mitte, pankow = branch_ids(company)
    post(support, f"/admin/companies/{company.id}/numbers", number=NUMBER, branch_id=mitte)
    number = the(db, PhoneNumber).id
    assert "Andere Filiale" in support.get(f"/admin/companies/{company.id}").text
    assert post(support, f"/admin/companies/{company.id}/numbers/{number}/branch", branch_id=pankow).status_code == 302
    assert the(db, PhoneNumber).branch_id == pankow
    assert post(support, f"/admin/companies/{company.id}/numbers/{number}/off").status_code == 302
    assert not the(db, PhoneNumber).is_active
    elsewhere = branch_ids(make_company("salon-mond"))[0]
    assert post(support, f"/admin/companies/{company.id}/numbers/{number}/branch", branch_id=elsewhere).status_code == 404


def test_support_lets_in_the_first_person_and_only_as_owner(app: Flask, support: FlaskClient, db: SQLAlchemy) -> None:
    company = make_company()
    path = f"/admin/companies/{company.id}/users/new"
    assert post(support, path, email="m@sonne.example", role="manager").status_code == 403
    assert post(support, path, email="keine Adresse").status_code == 422
    assert post(support, path, email="m@sonne.example").status_code == 200
    assert post(support, path, email="n@sonne.example").status_code == 403
    assert support.get(path).status_code == 403
    assert "users/new" not in support.get(f"/admin/companies/{company.id}").text
    admin = signed_in(app, make_user(None, "admin"))
    assert post(admin, path, email="n@sonne.example", role="front_desk").status_code == 200
    taken = post(admin, path, email="n@sonne.example", role="front_desk")
    assert taken.status_code == 409 and "schon vergeben" in taken.text
    with company_scope(company.id):
        roles = db.session.scalars(select(User.role).where(User.company_id == company.id).order_by(User.email)).all()
    assert roles == ["owner", "front_desk"]


def test_nobody_else_begins_a_business(app: Flask, db: SQLAlchemy) -> None:
    company = make_company()
    owner = signed_in(app, make_user(company))
    token = token_of(owner)
    paths = ("new", f"{company.id}/branches/new", f"{company.id}/users/new")
    for path in paths:
        assert owner.get(f"/admin/companies/{path}").status_code == 404, path
    for path in (*paths, f"{company.id}/numbers"):
        form = {"name": "X", "industry": "garage", "number": NUMBER, "email": "x@y.example", "branch_id": branch_ids(company)[0]}
        assert owner.post(f"/admin/companies/{path}", data={**form, "csrf_token": token}).status_code == 404, path
    assert len(branch_ids(company)) == 1
    assert db.session.scalars(select(Company.id)).all() == [company.id]


def test_without_the_forms_token_nothing_begins(support: FlaskClient, db: SQLAlchemy) -> None:
    assert support.post("/admin/companies/new", data={"name": "Salon", "industry": "garage"}).status_code == 400
    assert db.session.scalars(select(Company)).all() == []
