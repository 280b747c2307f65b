"""Rules are sentences with units; a narrower one is inherited with one tick, and what a change does to bookings is shown first."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.companies.policies import load_policies
from app.models import Booking, Company, Policy
from tests.factories.salon import Salon, at, make_salon
from tests.support.users import make_user, signed_in, token_of

PATH = "/settings/policies"


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=False):
        yield make_salon()


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id)))


def save(client: FlaskClient, scope: str = "company", **fields: Any) -> Any:
    return client.post(PATH, data={"csrf_token": token_of(client), "scope": scope, **fields})


def rules(db: SQLAlchemy, salon: Salon, **scope: str) -> Any:
    db.session.rollback()
    with company_scope(salon.company_id):
        return load_policies().rules(**scope)


def book(db: SQLAlchemy, salon: Salon, *starts: str) -> None:
    with company_scope(salon.company_id), transaction():
        for start in starts:
            db.session.add(
                Booking(
                    branch_id=salon.branches["mitte"], service_id=salon.services["cut"], staff_id=salon.people["anna"], source="desk",
                    starts_at=at(start), ends_at=at(start) + timedelta(minutes=30), timezone="Europe/Berlin",
                )
            )  # fmt: skip


def test_a_span_is_typed_and_shown_in_the_unit_that_fits(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    assert (
        save(owner, cancel_minutes="24", cancel_minutes_unit="hours", notice_minutes="90", notice_minutes_unit="minutes").status_code == 302
    )
    assert (rules(db, salon).cancel_minutes, rules(db, salon).notice_minutes) == (1440, 90)
    page = owner.get(PATH).text
    assert re.search(r'id="cancel_minutes" name="cancel_minutes" value="1".*?<option value="days" selected>Tage', page, re.DOTALL)
    assert re.search(r'id="notice_minutes" name="notice_minutes" value="90".*?<option value="minutes" selected>Minuten', page, re.DOTALL)
    assert "1440" not in re.sub(r"<[^>]+>", "", page)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cancel_minutes": "31", "cancel_minutes_unit": "days"}, "Höchstens 30 Tage."),
        ({"cancel_minutes": "x"}, "Das ist keine ganze Zahl."),
        ({"cancel_minutes": "1", "cancel_minutes_unit": "weeks"}, ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    db: SQLAlchemy, salon: Salon, owner: FlaskClient, fields: dict[str, str], sentence: str
) -> None:
    answer = save(owner, **fields)
    assert answer.status_code == 422
    assert not sentence or re.search(rf'id="cancel_minutes-note">.*?{sentence}', answer.text)
    assert rules(db, salon).cancel_minutes == 0


def test_the_standard_is_no_rule_of_ones_own(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    save(owner, horizon_days="365", grid_minutes="15", callers_may_book="1")
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Policy)).all() == []


def test_a_ticked_rule_is_inherited_whatever_stands_in_its_gap(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    save(owner, cancel_minutes="2", cancel_minutes_unit="days")
    scope = f"branch:{salon.branches['mitte']}"
    save(
        owner,
        scope,
        cancel_minutes="5",
        cancel_minutes_unit="hours",
        move_minutes="3",
        move_minutes_unit="hours",
        inherit=["cancel_minutes"],
    )
    own = rules(db, salon, branch_id=salon.branches["mitte"])
    assert (own.cancel_minutes, own.move_minutes) == (2880, 180)
    page = owner.get(PATH, query_string={"scope": scope}).text
    assert re.search(r'name="inherit" value="cancel_minutes" checked>', page) and "wie im ganzen Betrieb: bis 2 Tage vorher" in page
    assert not re.search(r'name="inherit" value="move_minutes" checked>', page)
    # the company's page says where it is otherwise
    assert scope in owner.get(PATH).text and "an einer Stelle anders" in owner.get(PATH).text


def test_a_scope_is_reset_at_once(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    save(owner, cancel_minutes="60")
    scope = f"service:{salon.services['cut']}"
    save(owner, scope, cancel_minutes="30", move_minutes="30")
    owner.post(f"{PATH}/reset", data={"csrf_token": token_of(owner), "scope": scope})
    assert rules(db, salon, service_id=salon.services["cut"]).cancel_minutes == 60
    foreign = f"service:{make_salon('werkstatt-kruse').services['cut']}"
    assert owner.post(f"{PATH}/reset", data={"csrf_token": token_of(owner), "scope": foreign}).status_code == 404


def test_what_a_change_does_to_bookings_is_shown_before_it_is_saved(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    book(db, salon, *[f"2026-05-05T1{hour}:00" for hour in range(6)], "2026-07-01T10:00", "2026-05-14T10:00")
    fields = {"cancel_minutes": "2", "cancel_minutes_unit": "days", "horizon_days": "30"}
    asked = save(owner, **fields)
    assert asked.status_code == 200
    assert "6 Termine lassen sich dann nicht mehr selbst absagen" in asked.text and "und 1 weitere" in asked.text
    assert "Ein Termin liegt weiter voraus" in asked.text
    # what was typed stands there still
    assert re.search(r'name="cancel_minutes" value="2".*?<option value="days" selected>', asked.text, re.DOTALL)
    assert rules(db, salon).cancel_minutes == 0
    assert save(owner, **fields, confirmed="1").status_code == 302
    assert rules(db, salon).cancel_minutes == 2880
    # the same again changes nothing any more
    assert save(owner, **fields).status_code == 302


def test_only_bookings_to_which_the_rule_applies_are_counted(db: SQLAlchemy, salon: Salon, owner: FlaskClient) -> None:
    book(db, salon, "2026-05-05T10:00", "2026-05-14T10:00")
    elsewhere = f"branch:{salon.branches['pankow']}"
    assert save(owner, elsewhere, cancel_minutes="2", cancel_minutes_unit="days").status_code == 302
    save(owner, f"service:{salon.services['cut']}", cancel_minutes="0", observes_holidays="0")
    # the service decides for itself
    assert save(owner, cancel_minutes="2", cancel_minutes_unit="days").status_code == 302
    asked = save(owner, f"service:{salon.services['cut']}", cancel_minutes="0", observes_holidays="1")
    assert "Ein Termin liegt auf einem Feiertag" in asked.text


def test_who_may_only_look_changes_nothing(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    desk = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "front_desk"))
    assert desk.get(PATH).status_code == 200
    assert save(desk, cancel_minutes="60").status_code == 403
    assert desk.post(f"{PATH}/reset", data={"csrf_token": token_of(desk), "scope": "company"}).status_code == 403
