"""Whoever has the role "staff" sees and changes the own appointments only, unless the company shows them all; on every page."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.calendar_scope import calendar_scope
from app.core.route_guards import guard_of
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.recurrence import continue_series
from app.domain.customers.contacts import find_or_create
from app.domain.scheduling.hours_editor import add_closure
from app.models import Booking, Closure, Company, Hold, Notification, StaffMember, User
from tests.factories.calendar import NotificationFactory
from tests.factories.salon import DESK, at, make_call, make_salon
from tests.support.users import make_user, signed_in, token_of

DAY = "2026-05-12"
# stands in everything about the appointment of the colleague
STRANGER = "Zaunkönig"


class World:
    """Anna is signed in; an appointment of hers and one of Ben's are in the calendar."""

    def __init__(self, app: Flask, db: SQLAlchemy) -> None:
        self.app, self.db, self.salon = app, db, make_salon()
        self.company = db.session.get_one(Company, self.salon.company_id)
        self.anna = make_user(self.company, "staff", email="anna@salon-lindgren.example")
        self.link("anna", self.anna)
        self.call_id = make_call(self.salon)
        self.mine = self.book("cut:anna")
        self.theirs = self.book("cut:ben", name=STRANGER, call_id=self.call_id)
        self.client = signed_in(app, self.anna)

    def link(self, person: str, user: User | None) -> None:
        with company_scope(self.salon.company_id), transaction():
            self.db.session.get_one(StaffMember, self.salon.people[person]).user_id = user.id if user else None

    def book(self, *parts: str, name: str = "Mira Sommer", **changes: Any) -> str:
        with company_scope(self.salon.company_id), transaction():
            number = f"+4917612345{len(name):02}"
            customer = find_or_create(name, number=number)
            return create_booking(self.salon.request(*parts, customer_id=customer.id, contact_phone=number, **changes)).id

    def booking(self, booking_id: str) -> Booking:
        self.db.session.rollback()
        with company_scope(self.salon.company_id):
            return self.db.session.scalars(
                select(Booking).where(Booking.id == booking_id).execution_options(populate_existing=True)
            ).one()  # fmt: skip

    def post(self, path: str, **fields: Any) -> Any:
        return self.client.post(path, data={"csrf_token": token_of(self.client), **fields})

    def open_to_all(self) -> None:
        with transaction():
            self.company.staff_see_all_bookings = True


@pytest.fixture
def world(app: Flask, db: SQLAlchemy) -> Iterator[World]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield World(app, db)


WEEK = f"/calendar?day={DAY}&view=week&staff_id={{ben}}"
PAGES = (
    "/bookings", "/bookings?staff_id={ben}", "/bookings?period=week", f"/calendar?day={DAY}", WEEK,
    "/dashboard", "/live", "/live/state", "/messages", "/bookings/orphaned", "/waitlist", "/notices", "/tasks",
)  # fmt: skip


def test_no_page_shows_an_appointment_of_a_colleague(world: World) -> None:
    with company_scope(world.salon.company_id), transaction():
        NotificationFactory(
            company_id=world.salon.company_id, subject=f"booking:{world.theirs}", recipient=f"{STRANGER}@example.org",
            branch_id=world.salon.branches["mitte"], title=STRANGER, customer_id=world.booking(world.theirs).customer_id,
        )  # fmt: skip
    for page in PAGES:
        answer = world.client.get(page.format(ben=world.salon.people["ben"]))
        assert answer.status_code == 200, page
        assert world.theirs not in answer.text, page
        assert STRANGER not in answer.text, page
    assert world.mine in world.client.get(f"/calendar?day={DAY}").text
    assert world.mine in world.client.get("/bookings").text


def test_they_are_all_there_where_the_company_shows_them(world: World) -> None:
    world.open_to_all()
    for page in ("/bookings", f"/calendar?day={DAY}"):
        text = world.client.get(page).text
        assert world.theirs in text and world.mine in text
    assert world.client.get(f"/bookings/{world.theirs}").status_code == 200
    assert world.post(f"/bookings/{world.theirs}/notes", notes="Kommt später").status_code == 302
    assert world.booking(world.theirs).notes == "Kommt später"


def test_the_customers_page_and_the_call_hide_the_colleagues_appointment(world: World) -> None:
    customer_id = world.booking(world.theirs).customer_id
    for path in (f"/customers/{customer_id}", f"/calls/{world.call_id}"):
        answer = world.client.get(path)
        assert answer.status_code == 200
        assert f"/bookings/{world.theirs}" not in answer.text and "Ben Lindgren" not in answer.text


def test_every_action_on_a_colleagues_appointment_is_404_and_changes_nothing(world: World) -> None:
    before = {column: getattr(world.booking(world.theirs), column) for column in ("status", "starts_at", "staff_id", "notes", "version")}
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.arguments == {"booking_id"} and _is_for_companies(world, rule)]
    assert len(rules) >= 9
    for rule in rules:
        path = rule.rule.replace("<booking_id>", world.theirs)
        if "GET" in (rule.methods or ()):
            answer = world.client.get(path)
        else:
            answer = world.post(path, starts_at="2026-05-12T14:00:00+02:00", reason="x", notes="x", every_weeks="1", times="2")
        assert answer.status_code == 404, rule.rule
    assert {column: getattr(world.booking(world.theirs), column) for column in before} == before


def _is_for_companies(world: World, rule: Any) -> bool:
    guard = guard_of(world.app.view_functions[rule.endpoint])
    return guard is not None and guard.kind == "company"


def test_the_own_appointment_is_moved_and_cancelled(world: World) -> None:
    path = f"/bookings/{world.mine}"
    assert world.client.get(path).status_code == 200
    assert world.post(f"{path}/move", starts_at="2026-05-12T14:00:00+02:00").status_code == 302
    assert world.booking(world.mine).starts_at == at("2026-05-12T14:00")
    assert world.post(f"{path}/cancel").status_code == 302
    assert world.booking(world.mine).status == "cancelled"


def test_it_is_not_handed_to_a_colleague(world: World) -> None:
    assert "Ben Lindgren" not in world.client.get(f"/bookings/{world.mine}").text
    assert world.post(f"/bookings/{world.mine}/move", staff_id=world.salon.people["ben"]).status_code == 404
    assert world.booking(world.mine).staff_id == world.salon.people["anna"]


def test_a_visit_with_a_colleague_is_seen_but_not_changed(world: World) -> None:
    mine = world.book("cut:anna", "wash:ben", starts="2026-05-13T10:00")
    with company_scope(world.salon.company_id), calendar_scope(world.salon.people["anna"]):
        parts = world.db.session.scalars(select(Booking).where(Booking.visit_id == world.booking(mine).visit_id)).all()
        assert [part.staff_id for part in parts] == [world.salon.people["anna"]]
    assert world.client.get(f"/bookings/{mine}").status_code == 200
    forms = {"cancel": {}, "move": {"starts_at": "2026-05-13T14:00:00+02:00"}, "repeat": {"every_weeks": "1", "times": "2"}}
    for action, fields in forms.items():
        assert world.post(f"/bookings/{mine}/{action}", **fields).status_code == 403, action
    assert world.booking(mine).status == "confirmed"


def test_a_series_that_a_colleague_has_a_part_in_is_not_cancelled_as_a_whole(world: World) -> None:
    with company_scope(world.salon.company_id), transaction():
        series = continue_series(world.mine, DESK, every_weeks=1, times=3)
        series.bookings[-1].staff_id = world.salon.people["ben"]
    assert world.post(f"/bookings/{world.mine}/cancel", all="1").status_code == 403
    assert world.booking(world.mine).status == "confirmed"


def _form(world: World, **fields: str) -> dict[str, str]:
    form = {"name": "Neu Gebucht", "phone": "0176 99999999", "service_id": world.salon.services["cut"], "person": "new"}
    return {**form, "day": DAY, "time": "15:00", "branch_id": world.salon.branches["mitte"], **fields}


def _count(world: World) -> int:
    world.db.session.rollback()
    with company_scope(world.salon.company_id):
        return len(world.db.session.scalars(select(Booking.id)).all())


def test_a_new_appointment_is_for_oneself(world: World) -> None:
    page = world.client.get(f"/calendar/new?day={DAY}&time=15:00").text
    assert "Anna Lindgren" in page and "Ben Lindgren" not in page
    before = _count(world)
    assert world.post("/calendar/new", **_form(world, staff_id=world.salon.people["ben"])).status_code == 404
    assert _count(world) == before
    assert world.post("/calendar/new", **_form(world)).status_code == 302
    with company_scope(world.salon.company_id):
        made = world.db.session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert made is not None and made.staff_id == world.salon.people["anna"]


def test_what_is_taken_is_taken_by_colleagues_too(world: World) -> None:
    """What one does not see still blocks: a room, and the person."""
    world.book("cut:anna", starts="2026-05-12T15:00")
    answer = world.post("/calendar/new", **_form(world))
    assert answer.status_code == 409
    assert "Ben Lindgren" not in answer.text


def test_no_reasons_are_given_for_the_day_of_a_colleague(world: World) -> None:
    query = {"day": DAY, "time": "10:00", "branch_id": world.salon.branches["mitte"]}
    assert world.client.get("/calendar/why", query_string={**query, "staff_id": world.salon.people["ben"]}).status_code == 404
    assert world.client.get("/calendar/why", query_string={**query, "staff_id": world.salon.people["anna"]}).status_code == 200


def test_absences_of_colleagues_are_not_there(world: World) -> None:
    with company_scope(world.salon.company_id), transaction():
        day = at("2026-05-12T00:00").replace(tzinfo=None)
        ends, closures = day.replace(day=13), {}
        for name in ("anna", "ben"):
            closures[name] = add_closure(None, world.salon.people[name], starts=day, ends=ends, kind="sick").id
    assert world.client.get(f"/absences/{closures['anna']}").status_code == 200
    assert world.client.get(f"/absences/{closures['ben']}").status_code == 404
    assert world.post(f"/absences/{closures['ben']}/undo").status_code == 404
    assert world.client.get(f"/staff/{world.salon.people['ben']}/sick").status_code == 403
    assert world.client.get(f"/staff/{world.salon.people['anna']}/sick").status_code == 200
    assert "Ben Lindgren" not in world.client.get("/dashboard").text
    with company_scope(world.salon.company_id):
        assert len(world.db.session.scalars(select(Closure.id)).all()) == 2


def test_the_live_state_has_no_hold_and_no_booking_of_a_colleague(world: World) -> None:
    with company_scope(world.salon.company_id), transaction():
        create_hold(world.salon.request("cut:ben", starts="2026-05-12T12:00", call_id=world.call_id))
    (call,) = world.client.get("/live/state").get_json()["calls"]
    assert (call["booking"], call["booking_id"], call["hold"]) == (None, None, None)
    world.open_to_all()
    (call,) = world.client.get("/live/state").get_json()["calls"]
    assert call["booking"]["id"] == world.theirs and call["hold"]


def test_a_message_about_a_colleagues_appointment_is_not_sent_again(world: World) -> None:
    with company_scope(world.salon.company_id), transaction():
        rows = [
            NotificationFactory(
                company_id=world.salon.company_id, subject=f"booking:{booking_id}", status="dead", branch_id=world.salon.branches["mitte"]
            ).id
            for booking_id in (world.theirs, world.mine)
        ]
    assert [world.post(f"/messages/{row_id}/again").status_code for row_id in rows] == [404, 302]
    with company_scope(world.salon.company_id):
        assert world.db.session.get_one(Notification, rows[0]).status == "dead"


def test_whoever_is_linked_to_nobody_sees_nothing_and_is_told_what_to_ask_for(world: World) -> None:
    world.link("anna", None)
    for page in ("/bookings", f"/calendar?day={DAY}", "/dashboard"):
        text = world.client.get(page).text
        assert "mit Ihrem Namen im Team zu verbinden" in text, page
        assert world.mine not in text and world.theirs not in text, page
    assert world.client.get(f"/bookings/{world.mine}").status_code == 404
    before = _count(world)
    assert world.client.get("/calendar/new").status_code == 403
    assert world.post("/calendar/new", **_form(world)).status_code == 403
    assert _count(world) == before


def test_a_link_in_another_company_is_none(world: World) -> None:
    other = make_salon("salon-kruse")
    world.link("anna", None)
    with company_scope(other.company_id), transaction():
        world.db.session.get_one(StaffMember, other.people["anna"]).user_id = world.anna.id
    assert "mit Ihrem Namen im Team zu verbinden" in world.client.get("/bookings").text


@pytest.mark.parametrize("role", ["owner", "manager", "front_desk", "read_only"])
def test_other_roles_see_everything_even_with_a_calendar_of_their_own(world: World, role: str) -> None:
    user = make_user(world.company, role)
    world.link("ben", user)
    text = signed_in(world.app, user).get("/bookings").text
    assert world.mine in text and world.theirs in text


def test_queries_are_limited_wherever_they_are_asked(world: World) -> None:
    """Columns, joins and the identity map: not only whole rows."""
    with company_scope(world.salon.company_id), transaction():
        create_hold(world.salon.request("cut:ben", starts="2026-05-12T12:00"))
    session, own = world.db.session, world.salon.people["anna"]
    with company_scope(world.salon.company_id):
        theirs = session.get_one(Booking, world.theirs)
        with calendar_scope(own):
            assert session.scalars(select(Booking.id)).all() == [world.mine]
            names = select(StaffMember.name).outerjoin(Booking, Booking.staff_id == StaffMember.id).where(Booking.id.is_not(None))
            assert session.scalars(names).all() == ["Anna Lindgren"]
            assert session.scalars(select(Hold.id)).all() == []
            assert session.get(Booking, theirs.id) is None
            assert session.get(Booking, world.mine) is not None
            with transaction():
                assert len(session.scalars(select(Booking.id)).all()) == 2
        assert len(session.scalars(select(Booking.id)).all()) == 2
