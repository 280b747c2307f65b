"""Every place that the menu and its pages lead to opens, whatever a business has so far."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.core.extensions import db as database
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Branch, Company, PhoneNumber, StaffBranch
from app.models.user import COMPANY_ROLES, PLATFORM_ROLES
from tests.factories.calendar import BookingFactory, ServiceFactory, StaffMemberFactory
from tests.support.users import branch_ids, csrf_token, make_company, make_user, signed_in

LEAVES = re.compile(r"/logout|/static/|/health|/metrics|/api/")


def without_branch() -> Company:
    return make_company(branches=())


def without_number() -> Company:
    return make_company(branches=("Berlin-Mitte",))


def without_agent() -> Company:
    company = make_company(branches=("Berlin-Mitte", "Berlin-Pankow"))
    with company_scope(company.id), transaction():
        database.session.add(PhoneNumber(e164="+493023125100", branch_id=branch_ids(company)[0]))
    return company


def with_closed_branch() -> Company:
    company = make_company(branches=("Berlin-Mitte",))
    with company_scope(company.id), transaction():
        database.session.get_one(Branch, branch_ids(company)[0]).is_active = False
    return company


STATES = (without_branch, without_number, without_agent, with_closed_branch)


@pytest.mark.exhaustive
@pytest.mark.parametrize("make", STATES)
def test_every_link_of_a_new_business_opens(app: Flask, db: SQLAlchemy, make: Callable[[], Company]) -> None:
    assert_that_every_link_opens(app, make(), "owner")


# who sees less asks the database nothing that the owner does not
@pytest.mark.exhaustive
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [role for role in COMPANY_ROLES if role != "owner"])
@pytest.mark.parametrize("make", STATES)
def test_every_link_opens_for_whoever_sees_less(app: Flask, db: SQLAlchemy, make: Callable[[], Company], role: str) -> None:
    assert_that_every_link_opens(app, make(), role)


def assert_that_every_link_opens(app: Flask, company: Company, role: str) -> None:
    visited = walk(signed_in(app, make_user(company, role)), "/dashboard")
    assert {path: status for path, status in visited.items() if status != 200} == {}
    assert len(visited) >= 5


@pytest.mark.parametrize("role", PLATFORM_ROLES)
def test_every_link_of_support_opens_before_there_is_a_company(app: Flask, db: SQLAlchemy, role: str) -> None:
    visited = walk(signed_in(app, make_user(None, role)), "/admin/companies")
    assert {path: status for path, status in visited.items() if status != 200} == {}
    assert len(visited) >= 8


def walk(client: FlaskClient, first: str) -> dict[str, int]:
    """Follows every link that it comes by, each kind of address once; the status of each page."""
    waiting, visited, kinds = [first], {}, set()
    while waiting:
        path = html.unescape(waiting.pop(0))
        kind = re.sub(r"=[^&#]*|[0-9A-HJKMNP-TV-Z]{26}|\d+", "", path.partition("#")[0])
        if kind in kinds or LEAVES.search(path):
            continue
        kinds.add(kind)
        answer = client.get(path)
        visited[path] = answer.status_code
        waiting += re.findall(r'href="(/[^"]*)"', answer.text)
    return visited


def with_idle_person() -> Company:
    """A service and a person who does not do it."""
    company = make_company("salon-idle", branches=("Mitte",))
    with company_scope(company.id), transaction():
        service, person = ServiceFactory(), StaffMemberFactory()
        branch_id = branch_ids(company)[0]
        database.session.add(StaffBranch(staff_id=person.id, branch_id=branch_id))
        # an appointment of before does not mean that the next one can be made
        BookingFactory(branch_id=branch_id, service_id=service.id, staff_id=person.id, starts_at=now() + timedelta(hours=3))
    return company


def practice_without_on_call() -> Company:
    return make_company("praxis-sonne", industry="medical_practice")


@pytest.mark.parametrize("path", ["/calendar", "/settings/hours"])
def test_a_page_about_a_branch_says_what_is_missing(app: Flask, db: SQLAlchemy, path: str) -> None:
    new, closed = without_branch(), make_company("salon-closed", branches=("Mitte",))
    with company_scope(closed.id), transaction():
        database.session.get_one(Branch, branch_ids(closed)[0]).is_active = False
    page = signed_in(app, make_user(new)).get(path).text
    assert "Noch keine Filiale" in page and "/settings/branches/new" in page
    page = signed_in(app, make_user(closed)).get(path).text
    assert "Keine Filiale ist eingeschaltet" in page and 'href="/settings/branches"' in page


def test_what_is_written_without_a_branch_is_refused(app: Flask, db: SQLAlchemy) -> None:
    owner = signed_in(app, make_user(without_branch()))
    token = csrf_token(owner, "/settings/services/new")
    answer = owner.post("/settings/hours", data={"day0": "9-18", "csrf_token": token})
    assert answer.status_code == 404
    assert owner.post("/calendar/new", data={"csrf_token": token}, headers={"X-Asked-By": "script"}).status_code == 404


@pytest.mark.parametrize(
    ("make", "said", "path"),
    [
        (without_branch, "Noch keine Filiale", "/settings/branches"),
        (without_number, "Noch keine Rufnummer", "/settings/line"),
        (without_number, "Noch keine Leistung", "/settings/services"),
        (with_idle_person, "Im Team erbringt noch niemand eine Leistung", "/settings/staff"),
        (practice_without_on_call, "Für Notfälle ist niemand eingetragen", "/settings/on-call"),
    ],
)
def test_the_start_page_of_a_new_business_says_what_comes_next(
    app: Flask, db: SQLAlchemy, make: Callable[[], Company], said: str, path: str
) -> None:
    company = make()
    page = signed_in(app, make_user(company)).get("/dashboard").text
    assert said in page and f'href="{path}">Ansehen' in page
    assert said not in signed_in(app, make_user(company, "read_only")).get("/dashboard").text
