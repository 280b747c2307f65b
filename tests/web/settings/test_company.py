"""The company changes its name, its legal data and its logo; what callers see of it follows, and only when it is complete."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.companies.logo import MAX_BYTES
from app.domain.operations.branches import BranchDetails, create_branch
from app.domain.operations.onboarding import add_number, create_company
from app.models import AgentDeployment, AuditEntry, Company, CompanyLogo
from tests.support.pictures import jpeg, png
from tests.support.users import make_company, make_user, signed_in, token_of

BASICS = {"name": "Salon Lindgren", "industry": "hair_salon", "language": "de", "timezone": "Europe/Berlin"}
LEGAL = {"legal_name": "Lindgren GmbH", "street": "Torstraße 1", "postcode": "10119", "city": "Berlin", "email": "post@lindgren.example"}


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def owner(app: Flask, company: Company) -> FlaskClient:
    return signed_in(app, make_user(company))


def save(client: FlaskClient, **fields: str) -> Any:
    return client.post("/settings/company", data={"csrf_token": token_of(client)} | BASICS | fields)


def upload(client: FlaskClient, content: bytes, name: str = "logo.png") -> Any:
    data = {"csrf_token": token_of(client), "logo": (io.BytesIO(content), name, "image/svg+xml")}
    return client.post("/settings/company/logo", data=data, content_type="multipart/form-data")


def test_what_is_saved_stands_there_again_and_in_the_audit_log(db: SQLAlchemy, company: Company, owner: FlaskClient) -> None:
    answer = save(owner, name="Salon  Sonnenschein", state="BE", language="en", timezone="Europe/Vienna", **LEGAL)
    assert answer.status_code == 422 and "Ein Bundesland gibt es hier nur für Deutschland." in answer.text
    assert save(owner, name="Salon  Sonnenschein", state="BE", language="en", **LEGAL).status_code == 302
    db.session.refresh(company)
    assert (company.name, company.state, company.language, company.slug) == ("Salon Sonnenschein", "BE", "en", "salon-lindgren")
    page = owner.get("/settings/company").text
    assert 'value="Lindgren GmbH"' in page and 'value="Torstraße 1"' in page and "Noch nicht vollständig" not in page
    actions = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.company_id == company.id)))
    assert {"company_saved", "legal_notice_saved"} <= actions


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Diese Angabe fehlt."),
        ("name", "x" * 161, "höchstens 160 Zeichen"),
        ("industry", "piracy", "Bitte wählen."),
        ("timezone", "Mars/Base", "Bitte wählen."),
        ("vat_id", "D" * 21, "höchstens 20 Zeichen"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_saved_nowhere(
    db: SQLAlchemy, company: Company, owner: FlaskClient, field: str, value: str, sentence: str
) -> None:
    answer = save(owner, city="Potsdam", **{field: value})
    assert answer.status_code == 422 and 'value="Potsdam"' in answer.text
    assert re.search(rf'id="{field}-note">.*?{sentence}', answer.text)
    db.session.refresh(company)
    assert (company.name, company.legal_notice) == ("Salon Lindgren", None)


def test_agents_are_written_anew_with_a_new_name_only(app: Flask, db: SQLAlchemy) -> None:
    """Their greeting holds it."""
    with unscoped(), transaction():
        company, _agent = create_company("Salon Lindgren", "hair_salon")
        add_number(company, create_branch(company, "Berlin-Mitte", BranchDetails()).id, "+493023125100")
    owner, written = signed_in(app, make_user(company)), []
    for name in ("Salon Lindgren", "Salon Sonnenschein"):
        save(owner, name=name)
        db.session.expire_all()
        with company_scope(company.id):
            written.append(db.session.scalars(select(AgentDeployment.generation)).one())
    assert written == [1, 2]


def test_callers_see_the_legal_pages_once_they_are_complete(app: Flask, company: Company, owner: FlaskClient) -> None:
    caller = app.test_client()
    for page in ("imprint", "privacy"):
        assert caller.get(f"/{page}/{company.slug}").status_code == 404
        mine = owner.get(f"/{page}/{company.slug}")
        assert mine.status_code == 200 and "Es fehlen Angaben" in mine.text
    assert "Es fehlen Angaben" not in caller.get(f"/imprint/{company.slug}").text
    save(owner, **LEGAL, vat_id="DE123456789", privacy_contact="Bo Lindgren")
    page = caller.get(f"/imprint/{company.slug}").text
    assert all(text in page for text in (*LEGAL.values(), "DE123456789"))
    assert "Bo Lindgren" in caller.get(f"/privacy/{company.slug}").text
    assert caller.get("/imprint/nobody").status_code == caller.get("/imprint/%C3%BC").status_code == 404


def test_a_stranger_is_not_told_what_is_missing(app: Flask, company: Company) -> None:
    other = signed_in(app, make_user(make_company("werkstatt-kruse")))
    assert other.get(f"/imprint/{company.slug}").status_code == 404


@pytest.mark.parametrize(("content", "kind"), [(png(4, 3), "image/png"), (jpeg(4, 3), "image/jpeg")])
def test_a_logo_is_served_with_the_type_that_it_has(app: Flask, company: Company, owner: FlaskClient, content: bytes, kind: str) -> None:
    assert upload(owner, content).status_code == 302
    (address,) = set(re.findall(r"/logos/[a-z-]+/[0-9a-f]{64}", owner.get("/settings/company").text))
    answer = app.test_client().get(address)
    assert (answer.data, answer.content_type) == (content, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert app.test_client().get(address[:-1] + "g").status_code == 404
    assert app.test_client().get(address.replace(company.slug, "other")).status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "als PNG oder JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "als PNG oder JPEG"),
        (png(2001, 1), "als PNG oder JPEG"),
        (png(2, 2) + b"x" * MAX_BYTES, "zu groß"),
    ],
)
def test_what_is_no_logo_is_refused_at_its_field(
    db: SQLAlchemy, company: Company, owner: FlaskClient, content: bytes, sentence: str
) -> None:
    upload(owner, png(2, 2))
    answer = upload(owner, content)
    assert answer.status_code == 422 and re.search(rf'id="logo-note">.*?{sentence}', answer.text)
    with company_scope(company.id):
        assert db.session.scalars(select(CompanyLogo.width)).all() == [2]


def test_a_second_logo_replaces_the_first_and_it_can_be_removed(db: SQLAlchemy, company: Company, owner: FlaskClient) -> None:
    upload(owner, png(2, 2))
    upload(owner, png(5, 5))
    with company_scope(company.id):
        assert db.session.scalars(select(CompanyLogo.width)).all() == [5]
    owner.post("/settings/company/logo/remove", data={"csrf_token": token_of(owner)})
    with company_scope(company.id):
        assert db.session.scalars(select(CompanyLogo.width)).all() == []


def test_who_may_not_change_settings_is_refused(app: Flask, company: Company) -> None:
    desk = signed_in(app, make_user(company, "front_desk"))
    assert desk.get("/settings/company").status_code == save(desk).status_code == upload(desk, png(2, 2)).status_code == 403
    assert signed_in(app, make_user(role="support")).get("/settings/company").status_code == 404
