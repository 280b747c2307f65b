"""Everybody chooses what they get: the defaults of the role first, then their own."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, StaffMember
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in, token_of


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company()


def _checked(client: FlaskClient) -> set[str]:
    page = client.get("/account/notices").text
    return set(re.findall(r'name="([a-z_]+:[a-z]+)" value="1" checked', page))


def test_the_defaults_of_the_role_are_ticked(app: Flask, company: Company) -> None:
    desk = _checked(signed_in(app, make_user(company, "front_desk")))
    assert {"emergency:bell", "booking_made:bell", "task:bell"} <= desk
    assert "agent_problem:bell" not in desk
    assert _checked(signed_in(app, make_user(company, "read_only"))) == set()


def test_a_choice_is_kept_and_an_empty_one_too(app: Flask, company: Company) -> None:
    client = signed_in(app, make_user(company))
    client.post("/account/notices", data={"csrf_token": token_of(client), "task:bell": "1"})
    assert _checked(client) == {"task:bell"}
    client.post("/account/notices", data={"csrf_token": token_of(client)})
    assert _checked(client) == set()


def test_the_hour_of_the_daily_summary_is_chosen(app: Flask, company: Company) -> None:
    client, desk = signed_in(app, make_user(company)), signed_in(app, make_user(company, "front_desk"))
    assert '<option value="7" selected>' in client.get("/account/notices").text
    assert '<option value="" selected>' in desk.get("/account/notices").text
    desk.post("/account/notices", data={"csrf_token": token_of(desk), "digest_hour": "18"})
    client.post("/account/notices", data={"csrf_token": token_of(client), "digest_hour": ""})
    assert '<option value="18" selected>' in desk.get("/account/notices").text
    assert '<option value="" selected>' in client.get("/account/notices").text
    assert desk.post("/account/notices", data={"csrf_token": token_of(desk), "digest_hour": "24"}).status_code == 422


def test_mail_is_offered_for_what_is_urgent_and_the_summary_for_the_rest(app: Flask, company: Company) -> None:
    page = signed_in(app, make_user(company)).get("/account/notices").text
    assert "emergency:email" in page
    assert "emergency:digest" not in page
    assert "booking_made:digest" in page
    assert "booking_made:email" not in page


def test_the_choice_of_one_changes_nothing_for_others(app: Flask, company: Company) -> None:
    client, other = signed_in(app, make_user(company)), signed_in(app, make_user(company, "manager"))
    before = _checked(other)
    client.post("/account/notices", data={"csrf_token": token_of(client)})
    assert _checked(other) == before


def test_only_kinds_that_may_be_seen_are_offered(app: Flask, company: Company) -> None:
    page = signed_in(app, make_user(company, "staff")).get("/account/notices").text
    assert "connection_problem:bell" not in page
    assert "agent_problem:bell" not in page
    assert "booking_made:bell" in page


def test_the_page_says_what_it_is_about(app: Flask, company: Company) -> None:
    staff = make_user(company, "staff")
    with company_scope(company.id), transaction():
        the_db.session.add(StaffMember(name="Anna", user_id=staff.id))
    assert "in Ihrem eigenen Kalender" in signed_in(app, staff).get("/account/notices").text
    manager = make_user(company, "manager")
    limit_to(manager, branch_ids(company)[0])
    assert "was Ihre Filialen betrifft" in signed_in(app, manager).get("/account/notices").text
    assert "im ganzen Betrieb" in signed_in(app, make_user(company)).get("/account/notices").text


def test_the_way_there_is_in_the_menu_of_the_person(app: Flask, company: Company) -> None:
    assert 'href="/account/notices"' in signed_in(app, make_user(company, "read_only")).get("/tasks").text
