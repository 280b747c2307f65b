"""Bookings over the API: made once, refused with alternatives, moved, cancelled, and seen by their own company only."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.bookings import queries
from app.domain.bookings.create import create_hold
from app.domain.companies.policies import save_policy
from app.models import Booking, Connection, Customer, CustomerIdentifier, Notification
from tests.api.v1.conftest import Ask, key_of, wanted
from tests.factories.salon import Salon, make_salon
from tests.support.tables import each_row


def _count(db: SQLAlchemy, model: type[Any]) -> int:
    db.session.rollback()
    with unscoped():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_booking_is_made_and_read_back(ask: Ask, salon: Salon) -> None:
    made = ask("post", "/bookings", json=wanted(salon, notes="Bitte leise"))
    assert made.status_code == 201
    booking = made.json
    assert booking["status"] == "confirmed"
    assert booking["starts_at"] == "2026-05-12T10:00:00+02:00"
    assert booking["ends_at"] == "2026-05-12T10:30:00+02:00"
    assert booking["customer"]["phone"] == "+491713920050"
    assert (booking["source"], booking["version"], booking["notes"], booking["price_cents"]) == ("api", 1, "Bitte leise", 3500)
    assert ask("get", f"/bookings/{booking['id']}").json == booking


def test_a_time_of_the_wall_clock_is_the_businesss_own(ask: Ask, salon: Salon) -> None:
    assert ask("post", "/bookings", json=wanted(salon, "2026-05-12T10:00")).json["starts_at"] == "2026-05-12T10:00:00+02:00"


def test_a_taken_slot_is_refused_with_alternatives_and_leaves_no_customer(ask: Ask, db: SQLAlchemy, salon: Salon) -> None:
    ask("post", "/bookings", json=wanted(salon))
    refused = ask("post", "/bookings", json=wanted(salon, customer={"name": "Ole Thomsen"}))
    assert refused.status_code == 409
    assert refused.mimetype == "application/problem+json"
    assert refused.json["code"] == "slot_taken"
    assert refused.json["alternatives"]
    assert refused.json["alternatives"][0]["staff_id"] == salon.people["ben"]
    assert _count(db, Customer) == 1


def test_alternatives_carry_the_offset_of_their_branch(ask: Ask, salon: Salon) -> None:
    """In summer and in winter, and where moving is refused."""
    for starts_at, offset in (("2026-05-12T10:00:00+02:00", "+02:00"), ("2026-11-10T10:00:00+01:00", "+01:00")):
        ask("post", "/bookings", json=wanted(salon, starts_at))
        refused = ask("post", "/bookings", json=wanted(salon, starts_at, staff_id=salon.people["anna"], customer={"name": "Ole"}))
        slots = [slot for slot in refused.json["alternatives"] if slot["branch_id"] == salon.branches["mitte"]]
        assert slots
        assert {(slot["starts_at"][-6:], slot["ends_at"][-6:]) for slot in slots} == {(offset, offset)}
    other = ask("post", "/bookings", json=wanted(salon, "2026-05-12T14:00:00+02:00", customer={"name": "Ole"})).json
    moved = ask("patch", f"/bookings/{other['id']}", json={"starts_at": "2026-05-12T10:00:00+02:00"})
    assert moved.json["alternatives"][0]["starts_at"].endswith("+02:00")


def test_the_same_key_makes_one_booking_and_gets_the_same_answer(ask: Ask, db: SQLAlchemy, salon: Salon) -> None:
    answers = [ask("post", "/bookings", json=wanted(salon), headers={"Idempotency-Key": "order-7"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert answers[0].json == answers[1].json == answers[2].json
    assert _count(db, Booking) == 1


@each_row(
    "changes",
    [
        {"starts_at": "2026-05-12T10:30:00+02:00"},
        {"customer": {"name": "Jan Sommer", "phone": "+491713920050"}},
        {"notes": "Bitte leise"},
    ],
)
def test_the_same_key_with_another_body_is_refused_and_names_the_key(
    ask: Ask, db: SQLAlchemy, salon: Salon, changes: dict[str, Any]
) -> None:
    ask("post", "/bookings", json=wanted(salon), headers={"Idempotency-Key": "order-8"})
    refused = ask("post", "/bookings", json=wanted(salon, **changes), headers={"Idempotency-Key": "order-8"})
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")
    assert "order-8" in refused.json["detail"]
    assert list(refused.json["fields"]) == ["Idempotency-Key"]
    assert _count(db, Booking) == 1


def test_a_key_whose_request_was_refused_may_come_with_another_body(ask: Ask, salon: Salon) -> None:
    closed = wanted(salon, "2026-05-12T22:00:00+02:00")
    assert ask("post", "/bookings", json=closed, headers={"Idempotency-Key": "order-9"}).status_code == 409
    assert ask("post", "/bookings", json=wanted(salon), headers={"Idempotency-Key": "order-9"}).status_code == 201


def test_one_programs_key_is_not_anothers(ask: Ask, db: SQLAlchemy, salon: Salon) -> None:
    other = key_of(db, salon.company_id, "bookings:write")
    assert ask("post", "/bookings", json=wanted(salon), headers={"Idempotency-Key": "1"}).status_code == 201
    assert ask("post", "/bookings", key=other, json=wanted(salon), headers={"Idempotency-Key": "1"}).status_code == 409


def test_titles_make_no_second_customer(ask: Ask, db: SQLAlchemy, salon: Salon) -> None:
    names = ("Anna Müller", "Frau Anna Müller", "Dr. med. Anna Mueller", "MÜLLER, Anna", "Frau Prof. Dr. Anna Müller", "Müller, Dr. Anna")
    ids = set()
    for place, name in enumerate(names):
        body = wanted(salon, f"2026-05-12T{10 + place}:00:00+02:00", customer={"name": name, "phone": "0171 3920081"})
        ids.add(ask("post", "/bookings", json=body).json["customer"]["id"])
    assert len(ids) == 1 and _count(db, Customer) == 1


def test_family_members_share_a_number_and_stay_apart(ask: Ask, db: SQLAlchemy, salon: Salon) -> None:
    for hour, name in ((10, "Mira Sommer"), (11, "Jan Sommer"), (12, "mira sommer")):
        body = wanted(salon, f"2026-05-12T{hour}:00:00+02:00", customer={"name": name, "phone": "+491713920050"})
        assert ask("post", "/bookings", json=body).status_code == 201
    assert _count(db, Customer) == 2
    assert _count(db, CustomerIdentifier) == 2


@each_row(
    "changes, fields",
    [
        ({"service_id": "nothing"}, {"service_id"}),
        ({"staff_id": "0" * 26, "branch_id": "ä"}, {"staff_id", "branch_id"}),
        ({"starts_at": "tomorrow"}, {"starts_at"}),
        ({"starts_at": "2026-05-12"}, {"starts_at"}),
        ({"customer": {"name": " ", "phone": "12", "email": "mira"}}, {"customer.name", "customer.phone", "customer.email"}),
        ({"customer": {"name": "Mira", "email": "a@b.example,c@d.example"}}, {"customer.email"}),
        ({"customer": {"name": "Mira", "email": "a@b.example; c@d.example"}}, {"customer.email"}),
        ({"customer": {"name": "Mira", "email": "Mira <a@b.example>"}}, {"customer.email"}),
        ({"customer": {"name": "Mira", "email": "a@b@c.example"}}, {"customer.email"}),
        ({"customer": None, "service_id": 5}, {"customer", "service_id"}),
        ({"notes": "x" * 2001}, {"notes"}),
    ],
)
def test_what_is_wrong_is_said_per_field(ask: Ask, salon: Salon, changes: dict[str, Any], fields: set[str]) -> None:
    refused = ask("post", "/bookings", json=wanted(salon, **changes))
    assert refused.status_code == 422
    assert set(refused.json["fields"]) == fields
    assert all(refused.json["fields"].values())


def test_nothing_at_all_names_what_is_missing(ask: Ask, salon: Salon) -> None:
    assert set(ask("post", "/bookings").json["fields"]) == {"service_id", "branch_id", "starts_at", "customer"}


@pytest.mark.parametrize(
    ("starts_at", "status", "code"),
    [
        ("2026-05-01T10:00:00+02:00", 422, "in_the_past"),
        ("2026-05-12T22:00:00+02:00", 409, "closed"),
        ("2026-05-14T10:00:00+02:00", 409, "closed"),
        ("2029-05-11T10:00:00+02:00", 409, "not_allowed"),
    ],
)
def test_times_that_cannot_be_had_say_why(ask: Ask, salon: Salon, starts_at: str, status: int, code: str) -> None:
    refused = ask("post", "/bookings", json=wanted(salon, starts_at))
    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_a_booking_moves_in_time_and_to_another_person(ask: Ask, salon: Salon) -> None:
    booking = ask("post", "/bookings", json=wanted(salon)).json
    moved = ask("patch", f"/bookings/{booking['id']}", json={"starts_at": "2026-05-12T11:00:00+02:00", "version": 1})
    assert moved.status_code == 200
    assert (moved.json["starts_at"], moved.json["version"]) == ("2026-05-12T11:00:00+02:00", 2)
    other = ask("patch", f"/bookings/{booking['id']}", json={"staff_id": salon.people["ben"]})
    assert other.json["staff_id"] == salon.people["ben"]


def test_an_old_version_is_a_conflict_that_names_the_present_one(ask: Ask, salon: Salon) -> None:
    booking = ask("post", "/bookings", json=wanted(salon)).json
    ask("patch", f"/bookings/{booking['id']}", json={"starts_at": "2026-05-12T11:00:00+02:00"})
    late = ask("patch", f"/bookings/{booking['id']}", json={"starts_at": "2026-05-12T12:00:00+02:00", "version": 1})
    assert (late.status_code, late.json["code"], late.json["version"]) == (409, "changed_meanwhile", 2)


def test_moving_onto_another_booking_is_refused_with_alternatives(ask: Ask, salon: Salon) -> None:
    ask("post", "/bookings", json=wanted(salon))
    booking = ask("post", "/bookings", json=wanted(salon, "2026-05-12T11:00:00+02:00")).json
    refused = ask("patch", f"/bookings/{booking['id']}", json={"starts_at": "2026-05-12T10:00:00+02:00"})
    assert (refused.status_code, refused.json["code"]) == (409, "slot_taken")
    assert refused.json["alternatives"]


def test_a_cancelled_booking_frees_its_time_and_stays_cancelled(ask: Ask, salon: Salon) -> None:
    booking = ask("post", "/bookings", json=wanted(salon)).json
    for _ in range(2):
        cancelled = ask("post", f"/bookings/{booking['id']}/cancel", json={"reason": "krank"})
        assert (cancelled.status_code, cancelled.json["status"]) == (200, "cancelled")
    assert ask("post", f"/bookings/{booking['id']}/cancel").status_code == 200
    assert ask("post", "/bookings", json=wanted(salon)).status_code == 201
    assert ask("patch", f"/bookings/{booking['id']}", json={"staff_id": salon.people["ben"]}).json["code"] == "not_possible"


def test_lists_narrow_by_status_time_and_person(ask: Ask, salon: Salon) -> None:
    for day in (12, 13):
        for person in ("anna", "ben"):
            ask("post", "/bookings", json=wanted(salon, f"2026-05-{day}T10:00:00+02:00", staff_id=salon.people[person]))
    whole = ask("get", "/bookings", per_page="3").json
    assert (len(whole["items"]), whole["page"], whole["per_page"], whole["total"]) == (3, 1, 3, 4)
    assert [item["starts_at"] for item in whole["items"]] == sorted(item["starts_at"] for item in whole["items"])
    assert ask("get", "/bookings", per_page=3, page=2).json["items"] == [ask("get", "/bookings").json["items"][3]]
    assert ask("get", "/bookings", **{"from": "2026-05-13"}).json["total"] == 2
    assert ask("get", "/bookings", to="2026-05-12").json["total"] == 2
    assert ask("get", "/bookings", staff_id=salon.people["anna"]).json["total"] == 2
    assert ask("get", "/bookings", status="cancelled").json["total"] == 0
    assert ask("get", "/bookings", status="gone").status_code == 422


def test_of_very_many_the_list_says_that_there_are_at_least_so_many(ask: Ask, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in (9, 10, 11):
        ask("post", "/bookings", json=wanted(salon, f"2026-05-12T{hour:02}:00:00+02:00", staff_id=salon.people["anna"]))
    monkeypatch.setattr(queries, "MAX_COUNTED", 1)
    first, last = ask("get", "/bookings", per_page=1).json, ask("get", "/bookings", per_page=2, page=2).json
    assert (first["total"], first["total_exact"]) == (2, False)
    assert (last["total"], last["total_exact"], len(last["items"])) == (3, True, 1)


def test_a_held_time_is_a_booking_that_runs_out(ask: Ask, db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        hold = create_hold(salon.request("cut:anna"))
    held = ask("get", "/bookings", status="held").json
    assert [item["id"] for item in held["items"]] == [hold.id]
    assert held["items"][0]["expires_at"]
    assert ask("get", f"/bookings/{hold.id}").json["status"] == "held"


@pytest.mark.parametrize("booking_id", ["0" * 26, "x", "ä%20"])
def test_unknown_bookings_are_404(ask: Ask, salon: Salon, booking_id: str) -> None:
    assert ask("get", f"/bookings/{booking_id}").status_code == 404
    assert ask("patch", f"/bookings/{booking_id}", json={}).status_code == 404
    assert ask("post", f"/bookings/{booking_id}/cancel").status_code == 404


def test_another_companys_bookings_services_and_people_do_not_exist(ask: Ask, db: SQLAlchemy, salon: Salon) -> None:
    booking = ask("post", "/bookings", json=wanted(salon)).json
    strange = key_of(db, make_salon("praxis-morgenstern").company_id)
    for method, path in (("get", ""), ("patch", ""), ("post", "/cancel")):
        assert ask(method, f"/bookings/{booking['id']}{path}", key=strange, json={}).status_code == 404
    assert ask("get", "/bookings", key=strange).json["items"] == []
    assert ask("get", "/slots", key=strange, service_id=salon.services["cut"]).status_code == 422
    refused = ask("post", "/bookings", key=strange, json=wanted(salon))
    assert set(refused.json["fields"]) == {"service_id", "branch_id", "staff_id"}


def test_reading_keys_book_nothing(ask: Ask, db: SQLAlchemy, client: FlaskClient, salon: Salon) -> None:
    reading = key_of(db, salon.company_id, "bookings:read")
    assert ask("post", "/bookings", key=reading, json=wanted(salon)).status_code == 403
    assert client.get("/api/v1/bookings").status_code == 401


@pytest.mark.parametrize(
    ("rule", "notify", "kinds"),
    [
        (None, None, ["booking_link", "booking_moved", "booking_cancelled"]),
        (False, None, []),
        (False, True, ["booking_link", "booking_moved", "booking_cancelled"]),
        (None, False, []),
    ],
)
def test_customers_are_told_by_the_rules_or_as_the_request_says(
    ask: Ask, db: SQLAlchemy, salon: Salon, rule: bool | None, notify: bool | None, kinds: list[str]
) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:token", label="+493023125100"))
        save_policy("company", None, {"notify_program_changes": rule})
    said = {} if notify is None else {"notify": notify}
    booking = ask("post", "/bookings", json=wanted(salon) | said).json
    assert ask("patch", f"/bookings/{booking['id']}", json={"starts_at": "2026-05-12T12:00:00+02:00"} | said).status_code == 200
    assert ask("post", f"/bookings/{booking['id']}/cancel", json=said).status_code == 200
    db.session.rollback()
    with company_scope(salon.company_id):
        rows = db.session.scalars(select(Notification).order_by(Notification.created_at, Notification.id)).all()
    assert [row.kind for row in rows] == kinds


def test_notify_is_yes_or_no(ask: Ask, salon: Salon) -> None:
    refused = ask("post", "/bookings", json=wanted(salon, notify="perhaps"))
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["notify"])


def test_a_program_cannot_ignore_what_stands_against_a_booking(ask: Ask, salon: Salon) -> None:
    """Unknown fields are ignored, and the desk's confirmation is none of the API's."""
    for starts_at, code in (("2026-05-01T10:00:00+02:00", "in_the_past"), ("2026-05-12T20:00:00+02:00", "closed")):
        refused = ask("post", "/bookings", json=wanted(salon, starts_at, override="closed,in_the_past", accepted=["closed", "in_the_past"]))
        assert refused.json["code"] == code
