"""Somebody is ill: what is in the way is listed with ways out, and nothing more is booked."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.booking_request import build_slot_query, list_free_times
from app.domain.bookings.closure_conflicts import find_rebooking_options, list_conflicts
from app.domain.bookings.create import create_booking
from app.domain.bookings.waitlist import join_waitlist, offer_slot
from app.domain.scheduling.hours_editor import add_closure
from app.models import Booking, Closure, Company, Connection, Notification, StaffMember
from tests.factories.salon import Salon, at, make_customer, make_salon
from tests.support.users import limit_to, make_user, signed_in, token_of


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-12T07:30:00+02:00", tick=True):
        yield make_salon()


@pytest.fixture
def desk(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "front_desk"))


def _post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def _book(salon: Salon, part: str, starts: str) -> str:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(part, starts=starts, customer_id=make_customer(salon))).id


def _sick(desk: FlaskClient, salon: Salon, **fields: str) -> str:
    answer = _post(desk, f"/staff/{salon.people['anna']}/sick", branch_id=salon.branches["mitte"], **fields)
    assert answer.status_code == 302
    return str(answer.location)


def test_the_sick_ones_appointments_are_listed_and_moved(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    mine = _book(salon, "cut:anna", "2026-05-12T10:00")
    _book(salon, "cut:ben", "2026-05-12T11:00")
    tomorrow = _book(salon, "cut:anna", "2026-05-13T10:00")
    place = _sick(desk, salon)
    page = desk.get(place).text
    assert "Ein Termin braucht eine Lösung" in page and tomorrow not in page
    assert "Gleiche Zeit bei Ben Lindgren" in page
    with company_scope(salon.company_id):
        slots, _facts = list_free_times(
            build_slot_query(
                salon.services["cut"],
                since=at("2026-05-12T00:00"),
                until=at("2026-05-12T23:59"),
                staff_id=salon.people["anna"],
                branch_id=salon.branches["mitte"],
            )
        )
    assert slots == []
    _post(desk, f"/bookings/{mine}/move?staff_id={salon.people['ben']}", starts_at=at("2026-05-12T10:00").isoformat(), next=place)
    with company_scope(salon.company_id):
        assert db.session.get_one(Booking, mine).staff_id == salon.people["ben"]
    assert "Alles gelöst" in desk.get(place).text


def test_it_asks_before_it_acts_and_says_what_stands(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    _book(salon, "cut:anna", "2026-05-12T10:00")
    _book(salon, "cut:anna", "2026-05-13T10:00")
    page = desk.get(f"/staff/{salon.people['anna']}/sick", query_string={"branch_id": salon.branches["mitte"]}).text
    assert "Anna Lindgren heute krank melden?" in page and "Heute steht noch ein Termin." in page
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Closure)).all() == []
    assert "Heute steht kein Termin mehr." in desk.get(f"/staff/{salon.people['ben']}/sick").text


def test_reporting_twice_is_once(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    assert _sick(desk, salon) == _sick(desk, salon, days="3")
    with company_scope(salon.company_id):
        assert len(db.session.scalars(select(Closure)).all()) == 1


def test_a_sick_leave_is_taken_back_and_its_person_is_booked_again(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    mine = _book(salon, "cut:anna", "2026-05-12T10:00")
    place = _sick(desk, salon)
    undo = f"{place.partition('?')[0]}/undo"
    assert f'action="{undo}"' in desk.get(place).text
    assert _post(desk, undo, next=place).location == "/calendar"
    assert desk.get(place).status_code == 404
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Closure)).all() == []
        assert db.session.get_one(Booking, mine).is_active
    assert _post(desk, undo).status_code == 404


def test_only_a_sick_leave_is_taken_back_there(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        vacation = add_closure(None, salon.people["anna"], starts=datetime(2026, 5, 12), ends=datetime(2026, 5, 20), kind="vacation")
    assert "zurücknehmen" not in desk.get(f"/absences/{vacation.id}").text
    assert _post(desk, f"/absences/{vacation.id}/undo").status_code == 404


@pytest.mark.parametrize(
    ("kind", "person", "sentence"),
    [
        ("sick", "anna", "Anna Lindgren ist krank: 2 Termine stehen noch."),
        ("vacation", "anna", "Anna Lindgren ist im Urlaub: 2 Termine stehen noch."),
        ("closure", None, "Umbau: 2 Termine stehen noch."),
    ],
)
def test_the_list_is_linked_as_long_as_appointments_stand(
    app: Flask, db: SQLAlchemy, salon: Salon, kind: str, person: str | None, sentence: str
) -> None:
    owner = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner"))
    mine = [_book(salon, "cut:anna", f"2026-05-12T{hour}:00") for hour in (10, 14)]
    _book(salon, "cut:anna", "2026-05-27T10:00")
    staff_id = salon.people[person] if person else None
    pages = ("/dashboard", "/calendar", f"/settings/hours?branch_id={salon.branches['mitte']}&staff_id={staff_id or ''}")
    with company_scope(salon.company_id), transaction():
        closure = add_closure(
            None if person else salon.branches["mitte"], staff_id, starts=datetime(2026, 5, 12), ends=datetime(2026, 5, 20), kind=kind,
            name="Umbau",
        )  # fmt: skip
    for page in pages:
        text = owner.get(page).text
        assert f'href="/absences/{closure.id}"' in text, page
        assert sentence in text or (page == pages[2] and "2 Termine stehen noch" in text), page
    for booking_id in mine:
        _post(owner, f"/bookings/{booking_id}/cancel")
    for page in pages:
        assert f"/absences/{closure.id}" not in owner.get(page).text, page


def test_the_note_counts_the_branches_that_the_reader_sees(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    company = db.session.get_one(Company, salon.company_id)
    _book(salon, "cut:anna", "2026-05-12T10:00")
    with company_scope(salon.company_id), transaction():
        add_closure(None, salon.people["anna"], starts=datetime(2026, 5, 12), ends=datetime(2026, 5, 13), kind="sick", name="Krank")
    pankow, mitte = make_user(company, "front_desk", email="pankow@x.example"), make_user(company, "front_desk", email="mitte@x.example")
    limit_to(pankow, salon.branches["pankow"])
    limit_to(mitte, salon.branches["mitte"])
    assert "ist krank" in signed_in(app, mitte).get("/dashboard").text
    assert "ist krank" not in signed_in(app, pankow).get("/dashboard").text
    other = make_salon("salon-b")
    assert "ist krank" not in signed_in(app, make_user(db.session.get_one(Company, other.company_id))).get("/dashboard").text


def test_below_the_front_desk_people_act_for_themselves_only(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    company = db.session.get_one(Company, salon.company_id)
    ben = make_user(company, "staff", email="ben@salon-lindgren.example")
    with company_scope(salon.company_id), transaction():
        db.session.get_one(StaffMember, salon.people["ben"]).user_id = ben.id
    _book(salon, "cut:anna", "2026-05-12T10:00")
    _book(salon, "cut:ben", "2026-05-12T10:00")
    client, desk = signed_in(app, ben), signed_in(app, make_user(company, "front_desk"))
    hers = _sick(desk, salon)
    assert client.get(f"/staff/{salon.people['anna']}/sick").status_code == 403
    assert _post(client, f"/staff/{salon.people['anna']}/sick").status_code == 403
    assert client.get(hers).status_code == 404
    assert _post(client, f"{hers.partition('?')[0]}/undo").status_code == 404
    with company_scope(salon.company_id), transaction():
        company.staff_see_all_bookings = True
    assert _post(client, f"{hers.partition('?')[0]}/undo").status_code == 403
    page = client.get(hers).text
    assert "Ein Termin braucht eine Lösung" in page and "Absagen" not in page and "zurücknehmen" not in page
    assert "Heute krank" not in client.get("/settings/hours", query_string={"staff_id": salon.people["anna"]}).text
    assert "Heute krank" in client.get("/settings/hours", query_string={"staff_id": salon.people["ben"]}).text
    assert "Heute krank?" in client.get(f"/staff/{salon.people['ben']}/sick").text
    mine = _post(client, f"/staff/{salon.people['ben']}/sick").location
    page = client.get(mine).text
    assert "Absagen" in page and "zurücknehmen" in page
    assert _post(client, f"{mine.partition('?')[0]}/undo").status_code == 302
    with company_scope(salon.company_id), transaction():
        db.session.get_one(StaffMember, salon.people["anna"]).user_id = ben.id
        db.session.get_one(StaffMember, salon.people["ben"]).user_id = None
    assert client.get(f"/staff/{salon.people['anna']}/sick").status_code == 200
    assert client.get(f"/staff/{salon.people['ben']}/sick").status_code == 403


@pytest.mark.parametrize("role", ["read_only"])
def test_who_only_reads_reports_nobody(app: Flask, db: SQLAlchemy, salon: Salon, role: str) -> None:
    client = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), role))
    assert client.get(f"/staff/{salon.people['anna']}/sick").status_code == 403


def test_another_companys_people_find_neither_person_nor_leave(app: Flask, desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    place = _sick(desk, salon).partition("?")[0]
    other = make_salon("salon-b")
    stranger = signed_in(app, make_user(db.session.get_one(Company, other.company_id)))
    assert stranger.get(place).status_code == 404
    assert _post(stranger, f"{place}/undo").status_code == 404
    assert stranger.get(f"/staff/{salon.people['anna']}/sick").status_code == 404


def test_cancelling_from_the_list_is_asked_first(desk: FlaskClient, salon: Salon) -> None:
    mine = _book(salon, "cut:anna", "2026-05-12T10:00")
    page = desk.get(_sick(desk, salon)).text
    asks, button = page.index("Absagen lässt sich nicht zurücknehmen."), page.index(f'formaction="/bookings/{mine}/cancel"')
    assert page.rindex("<details", 0, button) < asks < button


def test_every_way_out_that_is_offered_can_be_taken(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    mine = _book(salon, "cut:anna", "2026-05-12T10:00")
    _sick(desk, salon, days="3")
    with company_scope(salon.company_id):
        booking = db.session.get_one(Booking, mine)
        ways = find_rebooking_options(booking)
    assert [slot.staff_id for slot in ways.other_staff] == [salon.people["ben"]]
    assert len(ways.other_times) == 3 and all(slot.starts_at > at("2026-05-15T00:00") for slot in ways.other_times)
    for slot in (*ways.other_times, *ways.other_staff):
        _post(desk, f"/bookings/{mine}/move?staff_id={slot.staff_id}", starts_at=slot.starts_at.isoformat())
        with company_scope(salon.company_id):
            assert db.session.get_one(Booking, mine).starts_at == slot.starts_at


def test_weekly_closures_find_what_they_hit(db: SQLAlchemy, salon: Salon) -> None:
    hit = [_book(salon, "cut:ben", f"2026-05-{day}T14:00") for day in (13, 20)]
    _book(salon, "cut:ben", "2026-05-20T11:00")
    _book(salon, "cut:ben", "2026-05-21T14:00")
    with company_scope(salon.company_id), transaction():
        wednesday = add_closure(
            salon.branches["mitte"], None, starts=datetime(2026, 5, 13, 12), ends=datetime(2026, 5, 13, 18), kind="closure",
            repeats="weekly",
        )  # fmt: skip
        assert [booking.id for booking in list_conflicts(wednesday)] == hit


def test_a_customer_is_sent_the_link_or_the_desk_passes_it_on(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    mine = _book(salon, "cut:anna", "2026-05-12T10:00")
    for _again in range(2):
        assert _post(desk, f"/bookings/{mine}/link").status_code == 302
    with company_scope(salon.company_id):
        (row,) = db.session.scalars(select(Notification)).all()
    assert (row.status, row.reason) == ("dead", "no_way")
    page = desk.get(f"/bookings/{mine}").text
    assert "Link zum Weitergeben" in page and "/b/" in page


def test_the_waitlist_shows_an_offer_and_how_it_went_out(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    window = {"window_from": at("2026-05-13T00:00"), "window_until": at("2026-05-16T00:00")}
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:token", label="Lindgren", is_active=True))
        join_waitlist(make_customer(salon), salon.services["cut"], contact_phone="+491713920050", **window)
        offer_slot(salon.branches["mitte"], at("2026-05-13T10:00"), at("2026-05-13T10:30"))
    page = desk.get("/waitlist").text
    assert "hat ein Angebot bis" in page and "Wird verschickt" in page and "bekommt die nächste Person" in page


def test_without_an_account_the_waitlist_promises_a_call_and_no_offer(desk: FlaskClient, salon: Salon) -> None:
    page = desk.get("/waitlist").text
    assert "bekommt die nächste Person" not in page and "entsteht eine Aufgabe" in page


def test_a_series_is_booked_told_prolonged_and_ended(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    fields = {
        "name": "Ida Berg", "phone": "0171 3920051", "service_id": salon.services["cut"], "staff_id": salon.people["ben"],
        "branch_id": salon.branches["mitte"], "day": "2026-05-13", "time": "10:00", "every_weeks": "4", "times": "3",
    }  # fmt: skip
    _book(salon, "cut:ben", "2026-06-10T10:00")
    assert _post(desk, "/calendar/new", **fields).status_code == 302
    with company_scope(salon.company_id):
        series = db.session.scalars(select(Booking).where(Booking.series_id.is_not(None)).order_by(Booking.starts_at)).all()
    assert [f"{booking.starts_at:%m-%d}" for booking in series] == ["05-13", "07-08"]
    page = desk.get(f"/bookings/{series[0].id}").text
    assert "Nicht frei: Mi 10.06., 10:00" in page and "Weitere Termine der Reihe" in page and series[1].id in page
    assert _post(desk, "/calendar/new", **fields | {"times": "1", "day": "2026-05-14"}).status_code == 422
    single = _book(salon, "cut:ben", "2026-05-15T09:00")
    assert _post(desk, f"/bookings/{single}/repeat", every_weeks="1", times="4").status_code == 302
    assert _post(desk, f"/bookings/{single}/cancel", all="1", reason="zieht um").status_code == 302
    with company_scope(salon.company_id):
        gone = db.session.scalars(select(Booking).where(Booking.status == "cancelled")).all()
        still = db.session.scalars(select(Booking).where(Booking.series_id == series[0].series_id)).all()
    assert len(gone) == 4 and all(booking.is_active for booking in still)


def test_hours_close_by_the_hour_and_every_week(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    owner = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner"))
    fields = {
        "branch_id": salon.branches["mitte"], "kind": "closure", "starts": "2026-05-13", "ends": "2026-05-13", "from_time": "12:00",
        "to_time": "15:00", "repeats": "weekly", "until": "2026-06-30", "closure_name": "Teamrunde", "everywhere": "1",
    }  # fmt: skip
    assert _post(owner, "/settings/hours/closures", **fields).status_code == 302
    page = owner.get("/settings/hours").text
    assert "13.05.2026 12:00 – 15:00" in page and "jede Woche" in page and "alle Filialen" in page
    with company_scope(salon.company_id):
        closure = db.session.scalars(select(Closure)).one()
    assert (closure.branch_id, closure.repeats, str(closure.until)) == (None, "weekly", "2026-06-30")
    assert _post(owner, "/settings/hours/closures", **fields | {"until": "2026-01-01"}).status_code == 422
