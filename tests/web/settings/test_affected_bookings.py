"""A person, a service or a branch is switched off: the page says how many appointments stand, and leads to them."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings import self_service_links
from app.domain.bookings.create import create_booking
from app.models import Booking, Branch, BranchService, Company, Service, StaffBranch, StaffMember, StaffService
from tests.factories.salon import Salon, at, make_customer, make_salon
from tests.support.users import csrf_token, limit_to, make_user, signed_in, token_of


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner"))


@pytest.fixture
def mine(salon: Salon) -> list[str]:
    """Two appointments of Anna's, cutting hair in Mitte."""
    return [_book(salon, starts) for starts in ("2026-05-12T10:00", "2026-05-13T14:00")]


def _book(salon: Salon, starts: str, part: str = "cut:anna", **changes: Any) -> str:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(part, starts=starts, customer_id=make_customer(salon), **changes)).id


def _post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def _anna(salon: Salon, **changes: Any) -> dict[str, Any]:
    """What the form of Anna holds."""
    branches, services = list(salon.branches.values()), list(salon.services.values())
    return {"name": "Anna Lindgren", "is_active": "1", "branch_ids": branches, "service_ids": services} | changes


def _cut(salon: Salon, **changes: Any) -> dict[str, Any]:
    offered = {f"own:{branch_id}:is_offered": "1" for branch_id in salon.branches.values()}
    return {"name": "Haarschnitt", "minutes": "30", "capacity": "1", "is_active": "1", "room_kinds": "chair"} | offered | changes


def _forms(salon: Salon) -> dict[str, tuple[str, dict[str, Any], str]]:
    """For each way to go: the page, its form, and where the bookings are then listed."""
    staff, service = f"/settings/staff/{salon.people['anna']}", f"/settings/services/{salon.services['cut']}"
    of_staff, of_service = f"staff_id={salon.people['anna']}", f"service_id={salon.services['cut']}"
    branch = salon.branches["mitte"]
    return {
        "person off": (staff, _anna(salon, is_active=""), of_staff),
        "branch lost": (staff, _anna(salon, branch_ids=[salon.branches["pankow"]]), of_staff),
        "service lost": (staff, _anna(salon, service_ids=[salon.services["colour"]]), of_staff),
        "service off": (service, _cut(salon, is_active=""), of_service),
        "service off at a branch": (service, _cut(salon, **{f"own:{branch}:is_offered": ""}), of_service),
        "branch off": (f"/settings/branches/{branch}/off", {}, f"branch_id={branch}"),
    }


@pytest.mark.parametrize("way", ["person off", "branch lost", "service lost", "service off", "service off at a branch", "branch off"])
def test_what_goes_asks_first_and_then_leads_to_its_appointments(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, mine: list[str], way: str
) -> None:
    path, fields, place = _forms(salon)[way]
    before = _read_records(db, salon)
    asked = _post(owner, path, **fields)
    assert asked.status_code == 409
    assert "2 Termine stehen noch." in asked.text
    assert all(f"/bookings/{booking_id}" in asked.text for booking_id in mine)
    assert "Di 12.05., 10:00, Mira Sommer, Haarschnitt" in asked.text
    assert _read_records(db, salon) == before
    accepted = re.search(r'name="accepted" value="(\d+)"', asked.text)
    assert accepted and accepted[1] == "2"
    # Enter presses the first button of a form: that must not be the one that agrees
    assert re.findall(r'<button class="[^"]*" type="submit"(?: name="(\w*)")?', asked.text.split('class="ap-form"')[1])[-1] == "accepted"
    done = _post(owner, path, **fields, accepted=accepted[1])
    assert (done.status_code, done.location) == (302, f"/bookings/orphaned?{place}")
    assert _read_records(db, salon) != before
    page = owner.get(done.location).text
    assert "2 Termine brauchen eine Lösung" in page
    assert all(f"/bookings/{booking_id}" in page for booking_id in mine)
    for path in ("/settings/staff", "/settings/services", "/dashboard", "/calendar"):
        assert "2 Termine brauchen eine Lösung" in owner.get(path).text, path


def _read_records(db: SQLAlchemy, salon: Salon) -> list[Any]:
    db.session.rollback()
    with company_scope(salon.company_id):
        actives = [list(db.session.execute(select(model.id, model.is_active))) for model in (StaffMember, Service, Branch)]
        pairs = [sorted(db.session.execute(select(model.staff_id, column)).all()) for model, column in
                 ((StaffBranch, StaffBranch.branch_id), (StaffService, StaffService.service_id))]  # fmt: skip
        offered = sorted(db.session.execute(select(BranchService.branch_id, BranchService.service_id, BranchService.is_offered)).all())
    return [*actives, *pairs, offered]


def test_a_booking_that_came_meanwhile_is_asked_about_again(owner: FlaskClient, salon: Salon, mine: list[str]) -> None:
    path, fields, _place = _forms(salon)["person off"]
    _book(salon, "2026-05-15T10:00")
    assert "3 Termine stehen noch." in _post(owner, path, **fields, accepted="2").text


def test_what_nobody_has_booked_goes_at_once(owner: FlaskClient, salon: Salon) -> None:
    for path, fields, _place in _forms(salon).values():
        done = _post(owner, path, **fields)
        assert (done.status_code, "orphaned" in done.location) == (302, False)


def test_every_way_out_of_the_list_can_be_taken(owner: FlaskClient, db: SQLAlchemy, salon: Salon, mine: list[str]) -> None:
    path, fields, _place = _forms(salon)["person off"]
    place = _post(owner, path, **fields, accepted="2").location
    page = owner.get(place).text
    assert "Anna Lindgren ist dafür nicht mehr da." in page
    assert "Gleiche Zeit bei Ben Lindgren" in page and "bei Ben Lindgren" in page
    _post(owner, f"/bookings/{mine[0]}/move?staff_id={salon.people['ben']}", starts_at=at("2026-05-12T10:00").isoformat(), next=place)
    _post(owner, f"/bookings/{mine[1]}/cancel", reason="Anna Lindgren ist nicht mehr da", next=place)
    assert "Alles gelöst" in owner.get(place).text
    with company_scope(salon.company_id):
        assert db.session.get_one(Booking, mine[0]).staff_id == salon.people["ben"]


def test_a_customer_moves_by_the_link_although_the_person_left(
    client: FlaskClient, owner: FlaskClient, db: SQLAlchemy, salon: Salon, mine: list[str]
) -> None:
    path, fields, _place = _forms(salon)["person off"]
    assert _post(owner, path, **fields, accepted="2").status_code == 302
    with company_scope(salon.company_id), transaction():
        token = self_service_links.create_link(db.session.get_one(Booking, mine[1]))
    page = f"/b/{token}?move=1"
    chosen = re.search(r'href="([^"]+chosen=[^"]+)"', client.get(page).text)
    assert chosen
    page = unescape(chosen[1])
    starts_at = re.search(r'name="starts_at" value="([^"]+)"', client.get(page).text)
    assert starts_at
    answer = client.post(f"/b/{token}/move", data={"csrf_token": csrf_token(client, page), "starts_at": starts_at[1]})
    assert "Ihr Termin ist verschoben" in client.get(answer.location).text
    with company_scope(salon.company_id):
        assert db.session.get_one(Booking, mine[1]).staff_id == salon.people["ben"]


def test_only_the_branches_of_the_reader_are_listed(app: Flask, owner: FlaskClient, db: SQLAlchemy, salon: Salon, mine: list[str]) -> None:
    manager = make_user(db.session.get_one(Company, salon.company_id), "manager")
    limit_to(manager, salon.branches["pankow"])
    theirs = _book(salon, "2026-05-12T16:00", branch_id=salon.branches["pankow"])
    path, fields, _place = _forms(salon)["person off"]
    limited = signed_in(app, manager)
    asked = _post(limited, path, **fields).text
    assert "3 Termine stehen noch." in asked and theirs in asked and mine[0] not in asked
    page = limited.get(_post(limited, path, **fields, accepted="3").location).text
    assert "Ein Termin braucht eine Lösung" in page and mine[0] not in page


def test_support_is_told_the_number_and_no_names(app: Flask, db: SQLAlchemy, salon: Salon, mine: list[str]) -> None:
    support = signed_in(app, make_user(None, "support"))
    path = f"/admin/companies/{salon.company_id}/branches/{salon.branches['mitte']}/off"
    asked = _post(support, path)
    assert asked.status_code == 409
    assert "2 Termine stehen noch." in asked.text and "Mira Sommer" not in asked.text
    assert _post(support, path, accepted="2").location == f"/admin/companies/{salon.company_id}"


def test_what_a_page_does_not_show_is_not_taken_away_by_it(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    """A service that rests and a branch that is off have no tick; whoever saves the person keeps both."""
    cut, pankow = salon.services["cut"], salon.branches["pankow"]
    with company_scope(salon.company_id), transaction():
        db.session.get_one(Service, cut).is_active = db.session.get_one(Branch, pankow).is_active = False
    fields = _anna(salon, branch_ids=[salon.branches["mitte"]], service_ids=[salon.services["colour"]])
    assert _post(owner, f"/settings/staff/{salon.people['anna']}", **fields).status_code == 302
    with company_scope(salon.company_id):
        anna = salon.people["anna"]
        services = set(db.session.scalars(select(StaffService.service_id).where(StaffService.staff_id == anna)))
        assert services == {cut, salon.services["colour"]}
        assert set(db.session.scalars(select(StaffBranch.branch_id).where(StaffBranch.staff_id == anna))) == set(salon.branches.values())
