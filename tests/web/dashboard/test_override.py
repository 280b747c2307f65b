"""The desk is told why a time is not free, and books or moves all the same with a second press; the calendar shows it."""

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
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.models import Booking, Company, StaffMember
from tests.factories.salon import Salon, at, make_customer, make_salon
from tests.support.users import make_user, signed_in, token_of

DAY = "2026-05-12"


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-12T10:20:00+02:00", tick=True):
        yield make_salon()


@pytest.fixture
def desk(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "front_desk"))


def _post(client: FlaskClient, path: str, *, script: bool = True, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields}, headers={"X-Asked-By": "script"} if script else {})


def _book(salon: Salon, part: str = "cut:anna", starts: str = f"{DAY}T14:00") -> Booking:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(part, starts=starts, customer_id=make_customer(salon)))


def _form(salon: Salon, **changes: str) -> dict[str, str]:
    return {
        "branch_id": salon.branches["mitte"], "name": "Ole Brandt", "service_id": salon.services["cut"],
        "staff_id": salon.people["anna"], "day": DAY, "time": "14:00", "once": "1",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("time", "why", "codes", "label"),
    [
        ("10:00", ["Dieser Zeitpunkt liegt in der Vergangenheit."], "in_the_past", "nachgetragen"),
        ("14:00", ["Anna Lindgren hat dann schon einen Termin."], "booked", "überbucht"),
        ("20:00", ["Zu dieser Zeit ist geschlossen."], "closed", "außerhalb der Öffnungszeiten"),
        (
            "08:00",
            ["Dieser Zeitpunkt liegt in der Vergangenheit.", "Zu dieser Zeit ist geschlossen."],
            "in_the_past,closed",
            "außerhalb der Öffnungszeiten, nachgetragen",
        ),
    ],
)
@pytest.mark.parametrize("script", [True, False])
def test_the_desk_is_told_why_and_books_all_the_same(
    desk: FlaskClient, db: SQLAlchemy, salon: Salon, time: str, why: list[str], codes: str, label: str, script: bool
) -> None:
    _book(salon)
    asked = _post(desk, "/calendar/new", script=script, **_form(salon, time=time))
    assert asked.status_code in (409, 422)
    alert = asked.text.split('role="alert"')[1].split("</div></div>")[0]
    assert re.findall(r"<p>([^<]+)</p>", alert)[: len(why)] == why
    assert f'name="override" value="{codes}"' in asked.text
    # Enter presses the first button, which books only what is free
    assert asked.text.index("Bucht …") < asked.text.index('name="override"')
    done = _post(desk, "/calendar/new", script=script, **_form(salon, time=time, override=codes, override_note="Laufkundschaft"))
    assert done.status_code == (200 if script else 302)
    with company_scope(salon.company_id):
        booking = db.session.scalars(select(Booking).where(Booking.starts_at == at(f"{DAY}T{time}")).order_by(Booking.id.desc())).first()
    assert booking is not None and booking.overridden == codes.split(",")
    page = desk.get(f"/bookings/{booking.id}").text
    assert f"Gebucht: {label}" in page and "Laufkundschaft" in page
    assert all(f'<span class="ap-pill is-warn">{one}</span>' in page for one in label.split(", "))


def test_what_was_not_seen_is_asked_again(desk: FlaskClient, salon: Salon) -> None:
    _book(salon, starts=f"{DAY}T17:30")
    form = _form(salon, time="17:45", override="closed")
    asked = _post(desk, "/calendar/new", **form)
    assert asked.status_code == 409 and 'value="closed,booked"' in asked.text
    assert _post(desk, "/calendar/new", **form | {"override": "anything"}).status_code == 422


def test_what_is_not_there_to_be_ignored_has_no_button(desk: FlaskClient, salon: Salon) -> None:
    _book(salon, "cut:anna")
    _book(salon, "cut:ben")
    asked = _post(desk, "/calendar/new", **_form(salon, staff_id=""))
    assert asked.status_code == 409 and 'name="override"' not in asked.text


def test_the_calendar_shows_who_is_overbooked_beside_each_other(desk: FlaskClient, salon: Salon) -> None:
    first = _book(salon)
    answer = _post(desk, "/calendar/new", **_form(salon, time="14:15", override="booked"))
    page = desk.get("/calendar", query_string={"day": DAY, "branch_id": salon.branches["mitte"]}).text
    classes = {
        booking_id: re.search(rf'<button class="(ap-block [^"]+)"[^>]*data-booking="{booking_id}"[^>]*aria-label="([^"]+)"', page)
        for booking_id in (first.id, answer.json["booking"])
    }
    plain, overbooked = classes.values()
    assert plain and "ap-lane-1-2" in plain[1] and "override" not in plain[1]
    assert overbooked and "ap-lane-2-2" in overbooked[1] and "ap-block--override" in overbooked[1]
    assert overbooked[2] == "14:15–14:45, Ole Brandt, überbucht · Haarschnitt"


def test_a_move_asks_and_is_made_all_the_same(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    _book(salon, starts=f"{DAY}T16:00")
    mine = _book(salon)
    wish = {"day": DAY, "time": "16:15", "staff_id": salon.people["anna"], "version": "1"}
    asked = _post(desk, f"/bookings/{mine.id}/move", **wish)
    assert asked.status_code == 409
    assert "Anna Lindgren hat dann schon einen Termin." in asked.json["confirm"]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.json["confirm"]))
    moved = _post(desk, f"/bookings/{mine.id}/move", **fields, override="booked", override_note="Sie wartet gern")
    assert "Termin verschoben" in moved.json["toast"]
    page = desk.get(f"/bookings/{mine.id}").text
    assert "von Heute, 14:00 auf Heute, 16:15, überbucht" in page and "Sie wartet gern" in page
    # moved on and taken back, it stands where it was known to stand
    on = _post(desk, f"/bookings/{mine.id}/move", day=DAY, time="12:00")
    undo = re.search(r'action="([^"]+)"', on.json["toast"])
    assert undo
    assert _post(desk, undo[1].replace("&amp;", "&")).status_code == 200
    with company_scope(salon.company_id):
        assert db.session.get_one(Booking, mine.id).overridden == ["booked"]


def test_a_move_without_script_asks_on_a_page_of_its_own(desk: FlaskClient, salon: Salon) -> None:
    mine = _book(salon)
    asked = _post(desk, f"/bookings/{mine.id}/move", script=False, day=DAY, time="21:00", next=f"/bookings/{mine.id}")
    assert asked.status_code == 409
    assert "<h1" in asked.text and "Zu dieser Zeit ist geschlossen." in asked.text
    form = asked.text.split("data-action-form>")[1].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    done = _post(desk, f"/bookings/{mine.id}/move", script=False, **fields, override="closed")
    assert done.location == f"/bookings/{mine.id}"
    assert "Verschoben: von Heute, 14:00 auf Heute, 21:00, außerhalb der Öffnungszeiten" in desk.get(done.location).text


def test_a_page_of_a_booking_whose_person_left_does_not_choose_another_one(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    mine = _book(salon)
    with company_scope(salon.company_id), transaction():
        db.session.get_one(StaffMember, salon.people["anna"]).is_active = False
    page = desk.get(f"/bookings/{mine.id}").text
    choices = page.split('name="staff_id"')[1].split("</select>")[0]
    assert choices.index("Wer gerade frei ist") < choices.index("Ben Lindgren") and "selected" not in choices
