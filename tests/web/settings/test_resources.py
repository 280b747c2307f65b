"""Rooms, what differs at a branch or for a person, visits of several services, and words with their certainty."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.domain.bookings.booking_request import build_slot_query, list_free_times
from app.domain.services.catalogue_editor import format_synonyms, parse_synonyms
from app.models import BranchService, Company, Resource, Service, ServiceSynonym, StaffService
from tests.factories.salon import Salon, at, make_salon
from tests.support.users import make_user, signed_in, token_of

CUT = {
    "name": "Schnitt", "minutes": "30", "price": "58", "before_minutes": "0", "after_minutes": "0", "processing_from": "0",
    "processing_minutes": "0", "capacity": "1", "is_active": "1",
}  # fmt: skip


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner"))


def _post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def _lengths(salon: Salon, service: str, branch: str, person: str | None = None) -> set[int]:
    with company_scope(salon.company_id):
        window = {"since": at("2026-05-12T00:00"), "until": at("2026-05-12T23:59")}
        query = build_slot_query(salon.services[service], staff_id=person, branch_id=salon.branches[branch], **window)
        slots, _facts = list_free_times(query)
    return {round((slot.ends_at - slot.starts_at).total_seconds() / 60) for slot in slots}


def test_a_room_is_made_changed_and_put_away(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    fields = {"name": "Raum 2", "kind": "Waschbecken", "places": "1", "branch_id": salon.branches["mitte"], "is_active": "1"}
    assert _post(owner, "/settings/resources/new", **fields).status_code == 302
    assert "Waschbecken" in owner.get("/settings/resources").text
    with company_scope(salon.company_id):
        room = db.session.scalars(select(Resource).where(Resource.name == "Raum 2")).one()
    _post(owner, f"/settings/resources/{room.id}", **{**fields, "name": "Raum 3", "is_active": ""})
    with company_scope(salon.company_id):
        room = db.session.scalars(select(Resource).where(Resource.id == room.id)).one()
    assert (room.name, room.is_active, room.branch_id) == ("Raum 3", False, salon.branches["mitte"])
    assert _post(owner, "/settings/resources/new", **{**fields, "name": "", "places": "0"}).status_code == 422


def test_a_service_without_a_free_room_is_not_free(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    _post(owner, "/settings/resources/new", name="Lift", kind="lift", places="1", branch_id=salon.branches["pankow"], is_active="1")
    offered = {f"own:{branch}:is_offered": "1" for branch in salon.branches.values()}
    _post(owner, f"/settings/services/{salon.services['wash']}", **CUT | {"name": "Waschen", "room_kinds": "lift"} | offered)
    assert _lengths(salon, "wash", "mitte") == set()
    assert _lengths(salon, "wash", "pankow") == {30}


def test_a_branch_has_its_own_time_price_and_offer(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    mitte, pankow = salon.branches["mitte"], salon.branches["pankow"]
    own = {f"own:{mitte}:is_offered": "1", f"own:{mitte}:minutes": "45", f"own:{mitte}:price": "62,50"}
    assert _post(owner, f"/settings/services/{salon.services['cut']}", **CUT, **own).status_code == 302
    with company_scope(salon.company_id):
        row = db.session.scalars(select(BranchService).where(BranchService.branch_id == mitte)).one()
    assert (row.minutes, row.price_cents, row.before_minutes) == (45, 6250, None)
    assert _lengths(salon, "cut", "mitte") == {45}
    assert _lengths(salon, "cut", "pankow") == set()
    page = owner.get(f"/settings/services/{salon.services['cut']}").text
    assert 'value="45"' in page and 'value="62,50"' in page
    both = {f"own:{branch}:is_offered": "1" for branch in (mitte, pankow)}
    _post(owner, f"/settings/services/{salon.services['cut']}", **CUT, **both)
    with company_scope(salon.company_id):
        assert db.session.scalars(select(BranchService)).all() == []
    assert _lengths(salon, "cut", "pankow") == {30}


def test_a_person_takes_their_own_time(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    anna, cut = salon.people["anna"], salon.services["cut"]
    fields = {"name": "Anna", "branch_ids": [salon.branches["mitte"]], "service_ids": [cut], "is_active": "1", f"own:{cut}:minutes": "60"}
    assert _post(owner, f"/settings/staff/{anna}", **fields).status_code == 302
    with company_scope(salon.company_id):
        row = db.session.scalars(select(StaffService).where(StaffService.staff_id == anna)).one()
    assert row.minutes == 60
    assert _lengths(salon, "cut", "mitte", anna) == {60}
    assert _post(owner, f"/settings/staff/{anna}", **fields | {f"own:{cut}:minutes": "0"}).status_code == 422


def test_a_visit_of_several_services_can_be_put_together(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    parts = [salon.services["colour"], salon.services["cut"], ""]
    assert _post(owner, "/settings/services/new", **CUT | {"name": "Farbe und Schnitt", "parts": parts}).status_code == 302
    with company_scope(salon.company_id):
        visit = db.session.scalars(select(Service).where(Service.name == "Farbe und Schnitt")).one()
    assert visit.parts == parts[:2]
    salon.services["visit"] = visit.id
    assert _lengths(salon, "visit", "mitte")
    for wrong in ([parts[0]], [parts[0], salon.services["yoga"]], [parts[0], visit.id]):
        assert _post(owner, "/settings/services/new", **CUT | {"name": "Falsch", "parts": wrong}).status_code == 422


def test_words_carry_how_surely_they_mean_it(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    offered = {f"own:{branch}:is_offered": "1" for branch in salon.branches.values()}
    path = f"/settings/services/{salon.services['colour']}"
    _post(owner, path, **CUT | {"name": "Farbe", "synonyms": "Strähnchen, Balayage 70 %"} | offered)
    with company_scope(salon.company_id):
        rows = db.session.execute(select(ServiceSynonym.text, ServiceSynonym.certainty).order_by(ServiceSynonym.text)).all()
    assert [tuple(row) for row in rows] == [("Balayage", 70), ("Strähnchen", 100)]
    assert "Balayage 70 %" in owner.get(path).text
    assert parse_synonyms(format_synonyms([("A", 100), ("B", 5)])) == [("A", 100), ("B", 5)]


def test_other_companies_rooms_do_not_exist(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    other = make_salon("praxis")
    visitor = signed_in(app, make_user(db.session.get_one(Company, other.company_id), "owner"))
    assert visitor.get(f"/settings/resources/{salon.rooms['hall']}").status_code == 404
    fields = {"name": "Fremd", "kind": "x", "places": "1", "branch_id": salon.branches["mitte"]}
    assert _post(visitor, "/settings/resources/new", **fields).status_code == 422


def test_a_calendar_address_is_shown_once_and_can_be_taken_back(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    page = _post(owner, "/settings/subscriptions", whose=f"staff:{salon.people['anna']}").text
    address = re.search(r'value="http[^"]+(/ics/[^"]+)"', page)
    assert address and owner.get(address[1]).mimetype == "text/calendar"
    page = owner.get("/settings/subscriptions").text
    assert "Anna Lindgren" in page and address[1] not in page
    revoke = re.search(r'action="(/settings/subscriptions/[^"]+/revoke)"', page)
    assert revoke
    _post(owner, revoke[1])
    assert owner.get(address[1]).status_code == 404
    assert _post(owner, "/settings/subscriptions", whose="staff:x").status_code == 422
