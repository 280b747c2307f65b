"""GET /branches"""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, PhoneNumber
from tests.support.api_clients import make_api_client
from tests.support.users import branch_ids, make_company


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    company = make_company(branches=("Pankow", "Mitte"))
    mitte, pankow = branch_ids(company)
    with company_scope(company.id), transaction():
        db.session.add_all(
            [
                PhoneNumber(e164="+493023125101", branch_id=pankow),
                PhoneNumber(e164="+493023125109", branch_id=mitte, is_active=False),
                PhoneNumber(e164="+493023125100", branch_id=mitte),
            ]
        )
    return company


def test_branches_come_by_name_with_their_numbers(app: Flask, salon: Company) -> None:
    make_company("praxis-morgenstern", branches=("Fremd",))
    answer = make_api_client(app, salon, ("calls:read",)).get("/branches").json
    assert [(branch["name"], branch["phone_numbers"]) for branch in answer["items"]] == [
        ("Mitte", ["+493023125100"]), ("Pankow", ["+493023125101"]),
    ]  # fmt: skip
    assert (answer["page"], answer["per_page"], answer["total"]) == (1, 50, 2)
    assert answer["items"][0]["zone"] == "Europe/Berlin" and answer["items"][0]["is_active"] is True


def test_one_branch_and_no_foreign_one(app: Flask, salon: Company) -> None:
    here = make_api_client(app, salon)
    mine, foreign = branch_ids(salon)[0], branch_ids(make_company("praxis-morgenstern"))[0]
    assert here.get(f"/branches/{mine}").json["name"] == "Mitte"
    for other in (foreign, "x", "ü", "01M7WRDJTWNZFJN3C3MH0WKBJD"):
        assert here.get(f"/branches/{other}").status_code == 404
