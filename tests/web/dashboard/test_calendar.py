"""The calendar page: what stands where, who may book, and why a time is not free."""

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
from app.domain.bookings.create import create_booking, create_hold
from app.domain.customers.contacts import find_or_create
from app.models import Booking, Branch, Company, Customer, WorkingHours
from tests.factories.salon import Salon, at, make_customer, make_salon
from tests.support.users import limit_to, make_company, make_user, signed_in, token_of

DAY = "2026-05-12"


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


@pytest.fixture
def desk(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(_company(db, salon), "front_desk"))


def _company(db: SQLAlchemy, salon: Salon) -> Company:
    company = db.session.get(Company, salon.company_id)
    assert company is not None
    return company


def _book(salon: Salon, *parts: str, **changes: Any) -> Booking:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(*parts, **changes))


def _page(client: FlaskClient, salon: Salon, **query: str) -> str:
    answer = client.get("/calendar", query_string={"day": DAY, "branch_id": salon.branches["mitte"], **query})
    assert answer.status_code == 200
    return answer.text


def _post(client: FlaskClient, path: str, *, script: bool = True, **fields: str) -> Any:
    headers = {"X-Asked-By": "script"} if script else {}
    return client.post(path, data={"csrf_token": token_of(client), **fields}, headers=headers)


def _block(page: str, booking: Booking) -> str:
    found = re.search(rf'<button class="(ap-block [^"]+)"[^>]*data-booking="{booking.id}"', page)
    assert found
    return found[1]


def test_a_booking_stands_at_its_minute_with_its_length(desk: FlaskClient, salon: Salon) -> None:
    booking = _book(salon, "cut:anna", customer_id=make_customer(salon), starts="2026-05-12T10:10")
    page = _page(desk, salon)
    # the grid begins an hour before the branch opens at nine
    assert "at-26 for-6" in _block(page, booking)
    assert "Mira Sommer" in page
    assert "Ein Termin, 6 Lücken" not in page
    assert "Dienstag, 12. Mai" in page


def test_processing_time_and_buffers_are_drawn(desk: FlaskClient, salon: Salon) -> None:
    _book(salon, "colour:anna", starts="2026-05-12T10:00")
    _book(salon, "wash:ben", starts="2026-05-12T10:00")
    page = _page(desk, salon)
    assert re.search(r'class="ap-proc at-30 for-8', page)
    assert re.search(r'class="ap-buffer at-27 for-2', page)


def test_a_held_time_shows_when_it_runs_out(desk: FlaskClient, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        create_hold(salon.request("cut:anna"))
    page = _page(desk, salon)
    assert re.search(r'class="ap-hold at-24 for-6".*data-expires="2026', page)
    assert "1 Platz wird gehalten" in page


def test_split_shifts_show_a_break_and_the_end_of_work(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        for opens, closes in ((10 * 60, 13 * 60), (14 * 60, 17 * 60)):
            db.session.add(
                WorkingHours(branch_id=salon.branches["mitte"], staff_id=salon.people["anna"], weekday=1, opens=opens, closes=closes)
            )
    page = _page(desk, salon)
    assert "Ab 10 Uhr da" in page
    assert re.search(r'class="ap-pause at-60 for-12"[^>]*>Pause', page)
    assert "Feierabend" in page


def test_a_holiday_says_its_name(desk: FlaskClient, salon: Salon) -> None:
    page = _page(desk, salon, day="2026-05-14")
    assert "Christi Himmelfahrt" in page
    assert page.count("Geschlossen") >= 2


def test_the_week_has_seven_days_of_one_person(desk: FlaskClient, salon: Salon) -> None:
    _book(salon, "cut:ben", starts="2026-05-15T10:00")
    page = _page(desk, salon, view="week", staff_id=salon.people["ben"])
    assert re.findall(r'data-day="(2026-05-\d\d)" data-name', page) == [f"2026-05-{day}" for day in range(11, 18)]
    assert page.count("data-booking=") == 1


def test_a_caller_is_booked_found_or_made(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    wish = {
        "branch_id": salon.branches["mitte"], "name": "Mira Sommer", "phone": "0171 3920050", "service_id": salon.services["cut"],
        "staff_id": salon.people["anna"], "day": DAY, "time": "10:00", "once": "1",
    }  # fmt: skip
    first = _post(desk, "/calendar/new", **wish)
    assert first.status_code == 200
    assert "Gebucht: Mira Sommer" in first.json["toast"]
    assert _post(desk, "/calendar/new", **wish).json["booking"] == first.json["booking"]
    again = _post(desk, "/calendar/new", **{**wish, "time": "12:00", "once": "2"})
    assert again.status_code == 200
    db.session.rollback()
    with company_scope(salon.company_id):
        assert len(list(db.session.scalars(select(Customer)))) == 1
        assert {booking.source for booking in db.session.scalars(select(Booking))} == {"web"}
    found = desk.get("/calendar/customers", query_string={"q": "somm"}).json
    assert [(customer["name"], customer["phone"]) for customer in found] == [("Mira Sommer", "+491713920050")]
    assert desk.get("/calendar/customers", query_string={"q": "0171 39"}).json[0]["name"] == "Mira Sommer"


def _wish(salon: Salon, **changes: str) -> dict[str, str]:
    return {
        "branch_id": salon.branches["mitte"], "name": "Mira Sommer", "service_id": salon.services["cut"],
        "staff_id": salon.people["anna"], "day": DAY, "time": "10:00", "once": "1", **changes,
    }  # fmt: skip


def test_nobody_gets_a_second_record_of_their_name_unasked(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        known = find_or_create("Mira Müller", email="mira@post.example").id
    wish = _wish(salon, name="mira mueller", phone="0171 3920050")
    asked = _post(desk, "/calendar/new", **wish)
    assert asked.status_code == 409
    assert "Ist das …?" in asked.text and "Mira Müller, mira@post.example" in asked.text and f'value="{known}"' in asked.text
    assert _post(desk, "/calendar/new", script=False, **wish).status_code == 409
    first = _post(desk, "/calendar/new", **wish, person=known)
    assert first.status_code == 200
    assert _post(desk, "/calendar/new", **wish, person=known).json["booking"] == first.json["booking"]
    # by now the number says who it is
    assert _post(desk, "/calendar/new", **wish | {"time": "12:00", "once": "2"}).status_code == 200
    other = _wish(salon, name="Mira Müller", phone="0171 3920051", time="14:00", once="3")
    assert _post(desk, "/calendar/new", **other).status_code == 409
    assert _post(desk, "/calendar/new", **other, person="new").status_code == 200
    assert _post(desk, "/calendar/new", **_wish(salon, name="Mira Vogt", time="15:00", once="4")).status_code == 200
    db.session.rollback()
    with company_scope(salon.company_id):
        people = {row.id: row for row in db.session.scalars(select(Customer))}
        assert sorted(row.name or "" for row in people.values()) == ["Mira Müller", "Mira Müller", "Mira Vogt"]
        assert {one.value for one in people[known].identifiers} == {"mira@post.example", "+491713920050"}


def test_a_person_of_another_business_is_nobody(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    other = make_company("werkstatt-kruse")
    with company_scope(other.id), transaction():
        foreign = find_or_create("Kai Kruse", number="+491713920050").id
    assert _post(desk, "/calendar/new", **_wish(salon, person=foreign)).status_code == 404


def test_the_form_takes_an_address_and_finds_people_by_it(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    assert _post(desk, "/calendar/new", **_wish(salon, email="keine")).status_code == 422
    assert _post(desk, "/calendar/new", **_wish(salon, email="Mira@Post.example")).status_code == 200
    for typed in ("mira@", "@post.exa", "somm"):
        found = desk.get("/calendar/customers", query_string={"q": typed}).json
        assert [(each["name"], each["email"]) for each in found] == [("Mira Sommer", "mira@post.example")], typed
    assert desk.get("/calendar/customers", query_string={"q": "m%@"}).json == []


@pytest.mark.parametrize("changes", [{"time": "12:00"}, {"name": "Jan Sommer"}, {"every_weeks": "1", "times": "3"}])
def test_a_form_that_has_booked_says_so_when_it_comes_with_something_else(
    desk: FlaskClient, db: SQLAlchemy, salon: Salon, changes: dict[str, str]
) -> None:
    wish = {
        "branch_id": salon.branches["mitte"], "name": "Mira Sommer", "service_id": salon.services["cut"], "day": DAY, "time": "10:00",
        "once": "1",
    }  # fmt: skip
    _post(desk, "/calendar/new", **wish)
    answer = _post(desk, "/calendar/new", **{**wish, **changes})
    assert answer.status_code == 422
    assert "Mit diesem Formular ist schon gebucht: Di 12.05., 10:00." in answer.text
    again = re.search(r'name="once" value="([^"]+)"', answer.text)
    assert again
    assert again[1] != "1"
    assert _post(desk, "/calendar/new", **{**wish, **changes, "time": "13:00", "once": again[1], "person": "new"}).status_code == 200


def test_a_taken_time_comes_back_with_other_times(desk: FlaskClient, salon: Salon) -> None:
    _book(salon, "cut:anna")
    answer = _post(
        desk, "/calendar/new", branch_id=salon.branches["mitte"], name="Ole", service_id=salon.services["cut"],
        staff_id=salon.people["anna"], day=DAY, time="10:00",
    )  # fmt: skip
    assert answer.status_code == 409
    assert "hat dann schon einen Termin" in answer.text
    assert answer.text.count("data-take") >= 2


@pytest.fixture
def far_branch(db: SQLAlchemy, salon: Salon) -> str:
    """A branch whose clock is an hour behind the company's."""
    with company_scope(salon.company_id), transaction():
        branch = db.session.get(Branch, salon.branches["mitte"])
        assert branch is not None
        branch.timezone = "Europe/Lisbon"
    return salon.branches["mitte"]


def test_the_calendar_shows_one_clock_that_of_the_branch(desk: FlaskClient, salon: Salon, far_branch: str) -> None:
    booking = _book(salon, "cut:anna", starts="2026-05-12T12:00")
    page = _page(desk, salon)
    assert "at-36 for-6" in _block(page, booking)
    assert "11:00–11:30, Ohne Namen, Haarschnitt" in page
    answer = _post(
        desk, "/calendar/new", branch_id=far_branch, name="Ole", service_id=salon.services["cut"],
        staff_id=salon.people["anna"], day=DAY, time="11:00",
    )  # fmt: skip
    assert 'data-time="11:30"' in answer.text
    booked = _post(
        desk, "/calendar/new", branch_id=far_branch, name="Ole", service_id=salon.services["cut"],
        staff_id=salon.people["anna"], day=DAY, time="11:30",
    )  # fmt: skip
    assert "Di 12.05., 11:30" in booked.json["toast"]


def test_a_booking_stays_at_its_time_when_its_form_is_sent_back(desk: FlaskClient, salon: Salon, far_branch: str) -> None:
    booking = _book(salon, "cut:anna", starts="2026-05-12T12:00")
    for path in (f"/bookings/{booking.id}", f"/bookings/{booking.id}/card"):
        page = desk.get(path).text
        assert 'value="11:00"' in page
        assert "Di 12.05., 11:00" in page
    moved = _post(desk, f"/bookings/{booking.id}/move", day=DAY, time="11:00", version="1")
    assert "bleibt, wo er ist" in moved.json["toast"]
    assert "Di 12.05., 14:00" in _post(desk, f"/bookings/{booking.id}/move", day=DAY, time="14:00", version="1").json["toast"]


def test_what_is_missing_is_said_at_its_field(desk: FlaskClient, salon: Salon) -> None:
    answer = _post(desk, "/calendar/new", branch_id=salon.branches["mitte"], name="", phone="12", day=DAY, time="10:00")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert _post(desk, "/calendar/new", branch_id=salon.branches["mitte"], day="x", time="").status_code == 422


@pytest.mark.parametrize(("time", "words"), [("10:00", "schon einen Termin"), ("20:00", "geschlossen"), ("12:00", "Diese Zeit ist frei")])
def test_why_a_time_is_not_free(desk: FlaskClient, salon: Salon, time: str, words: str) -> None:
    _book(salon, "cut:anna")
    query = {"staff_id": salon.people["anna"], "day": DAY, "time": time, "branch_id": salon.branches["mitte"]}
    assert words in desk.get("/calendar/why", query_string=query).text


def test_a_move_can_be_taken_back(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking = _book(salon, "cut:anna")
    moved = _post(desk, f"/bookings/{booking.id}/move", day=DAY, time="11:30", staff_id=salon.people["ben"], version="1")
    assert (moved.status_code, moved.json["version"]) == (200, 2)
    undo = re.search(r'action="([^"]+)"', moved.json["toast"])
    assert undo
    assert _post(desk, undo[1].replace("&amp;", "&")).status_code == 200
    db.session.rollback()
    with company_scope(salon.company_id):
        back = db.session.get(Booking, booking.id)
        assert back is not None
        assert (back.starts_at, back.staff_id, back.version) == (at("2026-05-12T10:00"), salon.people["anna"], 3)


def test_two_screens_do_not_overwrite_each_other(desk: FlaskClient, salon: Salon) -> None:
    booking = _book(salon, "cut:anna")
    _post(desk, f"/bookings/{booking.id}/move", day=DAY, time="11:30", version="1")
    late = _post(desk, f"/bookings/{booking.id}/move", day=DAY, time="12:30", version="1")
    assert (late.status_code, late.json["code"]) == (409, "changed_meanwhile")
    assert "gerade geändert" in late.json["message"]
    page = _post(desk, f"/bookings/{booking.id}/move", script=False, day=DAY, time="12:30", version="1")
    assert page.status_code == 302
    assert "gerade geändert" in desk.get(page.location).text


def test_a_booking_is_cancelled_marked_and_told_in_its_history(app: Flask, desk: FlaskClient, salon: Salon) -> None:
    booking, other = _book(salon, "cut:anna", customer_id=make_customer(salon)), _book(salon, "cut:ben")
    assert _post(desk, f"/bookings/{booking.id}/cancel", script=False, reason="krank").status_code == 302
    page = desk.get(f"/bookings/{booking.id}").text
    assert "Abgesagt" in page
    assert "krank" in page
    assert booking.id not in _page(desk, salon)
    with time_machine.travel(at("2026-05-12T12:00"), tick=True):
        desk = signed_in(app, "front_desk@salon-lindgren.example")
        assert "nicht erschienen" in _post(desk, f"/bookings/{other.id}/no_show").json["toast"]
        assert "War da" in desk.get(f"/bookings/{other.id}/card").text
        assert _post(desk, f"/bookings/{other.id}/done").status_code == 200
        assert _post(desk, f"/bookings/{booking.id}/confirm").status_code == 409


def test_the_list_narrows_and_leafs_without_repeating(desk: FlaskClient, salon: Salon) -> None:
    for day in range(18, 22):
        for slot in range(15):
            _book(salon, "cut", starts=f"2026-05-{day}T{9 + slot // 2:02}:{slot % 2 * 30:02}")
    page = desk.get("/bookings").text
    seen = re.findall(r'href="/bookings/(\w{26})"', page)
    following = re.search(r'hx-get="([^"]+after=[^"]+)"', page)
    assert following
    more = desk.get(following[1].replace("&amp;", "&"), headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    seen += re.findall(r'href="/bookings/(\w{26})"', more)
    assert len(seen) == len(set(seen)) == 60
    assert "Kein Termin gefunden" in desk.get("/bookings?status=cancelled").text
    assert "Kein Termin gefunden" in desk.get("/bookings?period=past").text


def test_readers_see_and_do_not_change(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    booking = _book(salon, "cut:anna")
    reader = signed_in(app, make_user(_company(db, salon), "read_only"))
    assert "data-new " not in _page(reader, salon)
    assert 'data-move-url=""' in _page(reader, salon)
    assert reader.get("/calendar/new").status_code == 403
    assert 'action="/bookings/' not in reader.get(f"/bookings/{booking.id}").text


def test_other_companies_and_other_branches_do_not_exist(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    booking = _book(salon, "cut:anna")
    stranger = signed_in(app, make_user(_company(db, make_salon("praxis-morgenstern")), "owner"))
    limited_user = make_user(_company(db, salon), "staff")
    limit_to(limited_user, salon.branches["pankow"])
    limited = signed_in(app, limited_user)
    for client in (stranger, limited):
        for path in (f"/bookings/{booking.id}", f"/bookings/{booking.id}/card", f"/calendar?branch_id={salon.branches['mitte']}"):
            assert client.get(path).status_code == 404
        for what in ("move", "cancel", "done", "notes"):
            answer = client.post(f"/bookings/{booking.id}/{what}", data={"csrf_token": token_of(client)})
            assert answer.status_code == 404
