"""Consent to marketing on the page of a customer, and the rules of marketing."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.contacts import find_or_create
from app.domain.marketing.rules import MarketingRules, load_marketing_rules
from app.domain.notifications.marketing_consents import has_consent, list_history, write_wording
from app.models import Company, Service
from tests.support.users import make_company, make_user, signed_in, token_of

MIRA = "+491713920050"


@pytest.fixture
def company(app: Flask, db: SQLAlchemy) -> Company:
    return make_company()


def make_customer(company: Company) -> str:
    with company_scope(company.id), transaction():
        return find_or_create("Mira Sommer", number=MIRA).id


def post(client: FlaskClient, customer_id: str, what: str = "", **fields: str) -> str:
    page = f"/customers/{customer_id}"
    data = {"csrf_token": token_of(client), "channel": "sms", "address": MIRA, **fields}
    return client.post(f"{page}/marketing{what}", data=data, follow_redirects=True).text


def test_team_notes_consent_with_how_it_came_by_it(app: Flask, company: Company, db: SQLAlchemy) -> None:
    customer_id, user = make_customer(company), make_user(company, role="front_desk")
    client = signed_in(app, user)
    assert "keine Einwilligung" in client.get(f"/customers/{customer_id}").text
    with company_scope(company.id), app.test_request_context():
        version = write_wording("sms", MIRA, company).version
    for missing in ({"wording": version, "obtained": "heute gefragt"}, {"wording": version, "agreed": "1"},
                    {"wording": "0" * 16, "agreed": "1", "obtained": "heute gefragt"}):  # fmt: skip
        post(client, customer_id, **missing)
        with company_scope(company.id):
            assert list_history(customer_id) == []
    assert "heute gefragt" in post(client, customer_id, wording=version, agreed="1", obtained="heute gefragt")
    with company_scope(company.id):
        (row,) = list_history(customer_id)
        assert (row.source, row.author_id, row.obtained) == ("desk", user.id, "heute gefragt")
        assert has_consent(customer_id, "sms", MIRA)
    assert "Widerruf eingetragen" in post(client, customer_id, "/withdraw")
    db.session.rollback()
    with company_scope(company.id):
        assert not has_consent(customer_id, "sms", MIRA)


def test_consent_of_another_company_is_not_touched(app: Flask, company: Company) -> None:
    customer_id, other = make_customer(company), make_company("salon-zwei")
    client = signed_in(app, make_user(other))
    for what in ("", "/withdraw"):
        data = {"csrf_token": token_of(client), "channel": "sms", "address": MIRA, "wording": "0" * 16, "agreed": "1"}
        assert client.post(f"/customers/{customer_id}/marketing{what}", data=data).status_code == 404


def test_every_kind_is_off_until_it_is_set(app: Flask, company: Company, db: SQLAlchemy) -> None:
    with company_scope(company.id), transaction():
        service = Service(slug="cut", name="Haarschnitt", minutes=30)
        db.session.add(service)
    client = signed_in(app, make_user(company))
    page = client.get("/settings/marketing")
    assert page.status_code == 200 and " checked" not in page.text
    csrf = {"csrf_token": token_of(client)}
    refused = client.post("/settings/marketing", data=csrf | {"review": "1", "review_hours": "24", "review_url": "http://x"})
    assert refused.status_code == 422 and "Adresse Ihrer Bewertungsseite" in refused.text
    assert client.post("/settings/marketing", data=csrf | {"win_back": "1"}).status_code == 422
    values = {"review": "1", "review_hours": "24", "review_url": "https://bewertung.example/x", f"recall:{service.id}:weeks": "6",
              "win_back_weeks": "12"}  # fmt: skip
    assert client.post("/settings/marketing", data=csrf | values).status_code == 302
    db.session.rollback()
    with company_scope(company.id):
        assert load_marketing_rules() == MarketingRules(
            review_hours=24, review_url="https://bewertung.example/x", recall_weeks={service.id: 6}
        )
    assert client.post("/settings/marketing", data=csrf).status_code == 302
    with company_scope(company.id):
        db.session.rollback()
        assert load_marketing_rules() == MarketingRules()
