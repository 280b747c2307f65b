"""Sockets of people who see the appointments of one person only: what they hear, and what of it is left out."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask_sqlalchemy import SQLAlchemy

from app import events
from app.core.calendar_scope import NO_CALENDAR
from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.accounts import access
from app.domain.accounts.access import Access
from app.domain.bookings.create import create_booking
from app.models import Company, StaffMember, User, WebSession
from app.realtime.authentication import filter_authorized
from app.realtime.connections import SocketUser
from app.serializers.live_limits import limit_event
from tests.factories.salon import Salon, make_salon
from tests.support.live import LiveCompany, build_event, build_turn, make_call, publish_events
from tests.support.sockets import Dashboard, SocketServer, make_user, sign_in
from tests.support.waiting import wait_until

StartSockets = Callable[..., SocketServer]
OpenDashboard = Callable[..., Dashboard]


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon()


@pytest.fixture
def company(salon: Salon) -> LiveCompany:
    return LiveCompany(salon.company_id, tuple(salon.branches.values()))


@pytest.fixture
def anna(db: SQLAlchemy, salon: Salon, company: LiveCompany) -> User:
    user = make_user(company, "anna@salon-lindgren.example", role="staff")
    with company_scope(salon.company_id), transaction():
        db.session.get_one(StaffMember, salon.people["anna"]).user_id = user.id
    return user


def book(salon: Salon, part: str, call_id: str | None = None) -> str:
    """On the Tuesday after next, at ten."""
    today = now().astimezone(ZoneInfo("Europe/Berlin")).date()
    day = today + timedelta(days=8 - today.weekday())
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(part, starts=f"{day}T10:00", call_id=call_id, contact_phone="+4917139200511")).id


def test_one_hears_of_the_own_appointments_and_of_calls_without_those_of_others(
    db: SQLAlchemy, salon: Salon, company: LiveCompany, anna: User, start_sockets: StartSockets, open_dashboard: OpenDashboard
) -> None:
    server, call = start_sockets(), make_call(company)
    mine, whole = open_dashboard(server, sign_in(anna)), open_dashboard(server, sign_in(make_user(company, "owner@salon-lindgren.example")))
    assert mine.wait_for("welcome")["gapless"] is False and whole.wait_for("welcome")["gapless"] is True
    theirs = book(salon, "cut:ben", call.id)
    publish_events(build_event(call, events.CallUpdated))
    own = book(salon, "cut:anna")
    publish_events(build_turn(call, 0, "Bis dann."))
    assert mine.wait_for("message.received")["data"]["text"] == "Bis dann."
    assert whole.wait_for("message.received")
    heard = [(name, envelope) for name, envelope in mine.heard if name != "welcome"]
    assert [envelope["booking"] for name, envelope in heard if name == "booking.made"] == [own]
    (updated,) = [envelope["data"] for name, envelope in heard if name == "call.updated"]
    assert (updated["booking"], updated["booking_id"], updated["state"]) == (None, None, "talking")
    assert theirs not in str(heard)
    assert [envelope["booking"] for name, envelope in whole.heard if name == "booking.made"] == [theirs, own]
    (updated,) = [envelope["data"] for name, envelope in whole.heard if name == "call.updated"]
    assert updated["booking"]["id"] == theirs

    missed = mine.ask("catch_up", {"since": 0})["events"]
    assert [event["booking"] for event in missed if event["event"] == "booking.made"] == [own]
    assert theirs not in str(missed)
    assert mine.ask("watch", {"call": call.id}) == {"ok": True}


def test_a_new_link_closes_the_sockets(
    db: SQLAlchemy, salon: Salon, anna: User, start_sockets: StartSockets, open_dashboard: OpenDashboard
) -> None:
    dashboard = open_dashboard(start_sockets(), sign_in(anna))
    dashboard.wait_for("welcome")
    with company_scope(salon.company_id), transaction():
        access.change_access(db.session.get_one(User, anna.id), Access("staff", (), salon.people["ben"]), by=None)
    wait_until(lambda: not dashboard.connected)


@pytest.mark.parametrize("way", ["opened", "closed"])
def test_the_companys_switch_closes_the_sockets_and_keeps_the_session(
    db: SQLAlchemy, salon: Salon, anna: User, start_sockets: StartSockets, open_dashboard: OpenDashboard, way: str
) -> None:
    company = db.session.get_one(Company, salon.company_id)
    if way == "closed":
        with company_scope(salon.company_id), transaction():
            access.allow_all_calendars(company, is_allowed=True)
    server, cookie = start_sockets(), sign_in(anna)
    dashboard = open_dashboard(server, cookie)
    assert dashboard.wait_for("welcome")["gapless"] is (way == "closed")
    with company_scope(salon.company_id), transaction():
        access.allow_all_calendars(company, is_allowed=way == "opened")
    wait_until(lambda: not dashboard.connected)
    assert open_dashboard(server, cookie).wait_for("welcome")["gapless"] is (way == "opened")


def test_whose_calendar_has_changed_is_not_welcome_any_more(db: SQLAlchemy, salon: Salon, anna: User) -> None:
    """Even where no word of it came to this process."""
    sign_in(anna)
    session = db.session.query(WebSession.id_hash).filter_by(user_id=anna.id).scalar()

    def subscribe(calendar: str | None) -> SocketUser:
        return SocketUser(anna.id, session, 0, "staff", salon.company_id, calendar=calendar)

    choices = [subscribe(calendar) for calendar in (salon.people["anna"], salon.people["ben"], NO_CALENDAR, None)]
    assert filter_authorized(choices) == {choices[0]}
    with company_scope(salon.company_id), transaction():
        db.session.get_one(StaffMember, salon.people["anna"]).user_id = None
    assert filter_authorized(choices) == {choices[2]}
    with transaction():
        db.session.get_one(Company, salon.company_id).staff_see_all_bookings = True
    assert filter_authorized(choices) == {choices[3]}


def test_an_event_is_left_whole_or_without_the_appointments_of_others() -> None:
    booking, hold = {"id": "1", "staff_id": "ben"}, {"hold": "2", "staff_id": "anna"}
    call = {"name": "call.updated", "data": {"status": "ongoing", "tool": None, "booking": booking, "booking_id": "1", "hold": hold}}
    made = {"name": "booking.made", "data": booking}
    assert limit_event(made, "anna") is None and limit_event(made, "ben") is made and limit_event(made, None) is None
    own = limit_event(call, "anna")
    assert own is not None and own["data"] | {"state": ""} == {**call["data"], "booking": None, "booking_id": None, "state": ""}
    assert own["data"]["state"] == "held"
    none = limit_event(call, None)
    assert none is not None and (none["data"]["booking"], none["data"]["hold"], none["data"]["state"]) == (None, None, "talking")
    turn = {"name": "message.received", "data": {"text": "Ja"}}
    assert limit_event(turn, None) is turn
