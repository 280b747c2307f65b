"""The page on which a branch says who is reached in an emergency, and tries what is heard as one."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.models import Branch, Company, OnCallShift
from tests.support.users import make_company, make_user, signed_in, token_of

PAGE = "/settings/on-call"
WEEKLY = {"name": "Jonas Reuter", "number": "0171 3920060", "weekdays": ["4", "5"], "from_time": "18:00", "until_time": "08:00"}


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def owner(app: Flask, company: Company) -> FlaskClient:
    return signed_in(app, make_user(company, "owner"))


def post(browser: FlaskClient, path: str, **form: Any) -> Any:
    return browser.post(path, data={"csrf_token": token_of(browser), **form})


def shifts(company: Company, db: SQLAlchemy) -> list[OnCallShift]:
    with company_scope(company.id):
        return list(db.session.scalars(select(OnCallShift).order_by(OnCallShift.weekday)))


def test_a_week_of_nights_is_entered_and_taken_out_again(owner: FlaskClient, company: Company, db: SQLAlchemy) -> None:
    assert post(owner, f"{PAGE}/weekly", **WEEKLY).status_code == 302
    rows = shifts(company, db)
    assert [(row.weekday, row.from_minute, row.until_minute, row.number) for row in rows] == [
        (4, 1080, 1920, "+491713920060"), (5, 1080, 1920, "+491713920060"),
    ]  # fmt: skip
    page = owner.get(PAGE).text
    assert "Jonas Reuter" in page and "18:00 bis 08:00" in page
    for row in rows:
        assert post(owner, f"{PAGE}/{row.id}/remove").status_code == 302
    assert shifts(company, db) == []


def test_a_single_stretch_ends_after_it_begins(owner: FlaskClient, company: Company, db: SQLAlchemy) -> None:
    stretch = {"dated_name": "Miriam", "dated_number": "0171 3920061", "starts": "2026-12-24T12:00", "ends": "2026-12-27T08:00"}
    assert post(owner, f"{PAGE}/dated", **stretch).status_code == 302
    assert post(owner, f"{PAGE}/dated", **stretch | {"ends": "2026-12-24T12:00"}).status_code == 422
    assert len(shifts(company, db)) == 1


@pytest.mark.parametrize(
    "wrong", [{"number": "12"}, {"number": ""}, {"weekdays": []}, {"weekdays": ["9"]}, {"from_time": "25:00"}, {"name": ""}]
)
def test_what_cannot_be_is_said_beside_the_field(owner: FlaskClient, company: Company, db: SQLAlchemy, wrong: dict[str, Any]) -> None:
    assert post(owner, f"{PAGE}/weekly", **WEEKLY | wrong).status_code == 422
    assert shifts(company, db) == []


def test_what_was_typed_and_ticked_stands_there_again_beside_all_that_is_missing(owner: FlaskClient) -> None:
    page = post(owner, f"{PAGE}/weekly", **WEEKLY | {"name": ""}).text
    assert 'value="4" checked' in page and 'value="0" checked' not in page
    page = post(owner, f"{PAGE}/weekly", **WEEKLY | {"name": "", "weekdays": []}).text
    assert "Diese Angabe fehlt." in page and "Bitte mindestens einen Tag wählen." in page


def test_a_date_stands_in_the_readers_form(app: Flask, owner: FlaskClient, company: Company) -> None:
    stretch = {"dated_name": "Miriam", "dated_number": "0171 3920061", "starts": "2026-12-24T12:00", "ends": "2026-12-27T08:00"}
    post(owner, f"{PAGE}/dated", **stretch)
    assert "Do 24.12., 12:00 bis So 27.12., 08:00" in owner.get(PAGE).text
    reader = make_user(company, "manager", language="en")
    assert "Thu 24 Dec, 12:00 to Sun 27 Dec, 08:00" in signed_in(app, reader).get(PAGE).text


def test_own_phrases_are_kept_and_tried_with_the_rest(owner: FlaskClient, company: Company, db: SQLAlchemy) -> None:
    assert post(owner, f"{PAGE}/phrases", phrases="Die Kasse ist weg\n\n  Der   Aufzug steht ").status_code == 302
    with company_scope(company.id):
        assert db.session.scalars(select(Branch.emergency_phrases).where(Branch.emergency_phrases.is_not(None))).one() == [
            "Die Kasse ist weg",
            "Der Aufzug steht",
        ]
    assert "Eigenes Stichwort" in owner.get(PAGE, query_string={"sentence": "Hilfe, die Kasse ist weg"}).text
    chest = owner.get(PAGE, query_string={"sentence": "Meine Kundin hat Druck auf der Brust"}).text
    assert "Bitte wählen Sie sofort die 112." in chest
    assert "Kein Notfall" in owner.get(PAGE, query_string={"sentence": "Ich arbeite in der Druckerei"}).text


@pytest.mark.parametrize(("role", "reads", "writes"), [("manager", 200, 302), ("read_only", 200, 403)])
def test_who_may_read_and_write(app: Flask, company: Company, role: str, reads: int, writes: int) -> None:
    browser = signed_in(app, make_user(company, role))
    assert browser.get(PAGE).status_code == reads
    assert post(browser, f"{PAGE}/weekly", **WEEKLY).status_code == writes
