"""One person at one time has one appointment, also over two calls, unless a second one is confirmed; nobody learns of another's."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, Customer, Hold
from tests.factories.salon import Salon
from tests.support.agent_call import FAMILY, STRANGER, SVEA, AgentCall, book, get_bookings

WISH = {"service": "Haarschnitt", "date": "Freitag", "time": "15 Uhr"}
ASKS = "schon ein Termin. Soll ich einen zweiten eintragen, und für wen ist er?"


@pytest.fixture
def calls(salon: Salon, client: FlaskClient) -> list[AgentCall]:
    """Two calls of one number, one after the other."""
    return [AgentCall(client, from_number=STRANGER, call_id=f"call_{number}") for number in (1, 2)]


@pytest.mark.parametrize("name", ["Karl Baum", "karl baum", "Herr Karl Baum", "Baum, Karl"])
@pytest.mark.parametrize("time", ["15 Uhr", "Viertel nach drei"])
def test_the_same_person_in_another_call_is_asked(salon: Salon, calls: list[AgentCall], name: str, time: str) -> None:
    calls[0].use("book_appointment", **WISH, name="Karl Baum")
    told = calls[1].use("book_appointment", **WISH | {"time": time}, name=name)
    assert (told["code"], len(get_bookings(salon))) == ("ambiguous", 1) and told["say"].endswith(ASKS)
    assert calls[1].use("book_appointment", **WISH | {"time": time}, name=name, notes="mit Bart")["code"] == "ambiguous", "said again"


@pytest.mark.parametrize("yes", ["yes", "ja, einen zweiten", True])
def test_a_second_appointment_that_is_confirmed_is_booked(salon: Salon, calls: list[AgentCall], yes: str | bool) -> None:
    calls[0].use("book_appointment", **WISH, name="Karl Baum")
    assert calls[1].use("book_appointment", **WISH, name="Karl Baum", second=yes)["code"] == "ambiguous", "nobody has asked"
    assert calls[1].use("book_appointment", **WISH, name="Karl Baum", second="no")["code"] == "ambiguous"
    assert calls[1].use("book_appointment", **WISH, name="Karl Baum", second=yes)["ok"] and len(get_bookings(salon)) == 2


def test_a_second_appointment_of_the_same_call_can_be_confirmed(salon: Salon, calls: list[AgentCall]) -> None:
    calls[0].use("book_appointment", **WISH, name="Karl Baum")
    other = WISH | {"time": "Viertel nach drei", "name": "Karl Baum"}
    assert calls[0].use("book_appointment", **other)["code"] == "ambiguous"
    assert calls[0].use("book_appointment", **other, second="yes")["ok"] and len(get_bookings(salon)) == 2


@pytest.mark.parametrize(("changed", "value"), [("name", "Karla Baum"), ("time", "halb vier"), ("date", "Samstag")])
def test_another_person_or_another_time_is_booked_unasked(salon: Salon, calls: list[AgentCall], changed: str, value: str) -> None:
    calls[0].use("book_appointment", **WISH, name="Karl Baum")
    assert calls[1].use("book_appointment", **WISH | {"name": "Karl Baum"} | {changed: value})["ok"] and len(get_bookings(salon)) == 2


def test_a_relative_with_the_same_number_is_told_of_the_own_appointment_only(salon: Salon, client: FlaskClient) -> None:
    katrin, jan, again = (AgentCall(client, from_number=FAMILY, call_id=f"call_{number}") for number in (1, 2, 3))
    katrin.use("book_appointment", **WISH, name="Katrin Ebers")
    assert jan.use("book_appointment", **WISH, name="Jan Ebers")["ok"]
    assert again.use("book_appointment", **WISH, name="Katrin Ebers")["say"].endswith(ASKS)


@pytest.mark.parametrize("number", [SVEA, STRANGER, None])
def test_what_the_desk_has_booked_is_told_to_nobody_below_verified(salon: Salon, client: FlaskClient, number: str | None) -> None:
    """Else whoever forges the number could try times until one is taken, and prove themselves by the day."""
    book(salon, "2026-05-08T15:00", customer="Svea Thomsen")
    told = AgentCall(client, from_number=number).use("book_appointment", **WISH, name="Svea Thomsen", phone="0171 3920098")
    assert told["ok"] and "schon ein Termin" not in told["say"]


def test_a_verified_caller_is_asked_about_what_the_desk_has_booked(salon: Salon, agent_call: AgentCall) -> None:
    book(salon, "2026-05-08T15:00", customer="Svea Thomsen")
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3. März 1985")
    assert agent_call.use("book_appointment", **WISH, name="Svea Thomsen")["say"].endswith(ASKS)


def test_where_nothing_is_told_to_the_number_nothing_is_asked(salon: Salon, calls: list[AgentCall]) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.get_one(Company, salon.company_id).caller_rights = {"hear": "verified"}
    calls[0].use("book_appointment", **WISH, name="Karl Baum")
    assert calls[1].use("book_appointment", **WISH, name="Karl Baum")["ok"]


@pytest.mark.parametrize("with_hold", [True, False])
@pytest.mark.parametrize("date", ["Freitag", "Samstag"])
def test_booking_another_time_releases_what_was_kept(salon: Salon, calls: list[AgentCall], with_hold: bool, date: str) -> None:
    hold = calls[0].use("hold_slot", **WISH)["data"]["hold"]
    wish = WISH | {"date": date, "time": "10 Uhr", "name": "Karl Baum"} | ({"hold": hold} if with_hold else {})
    assert calls[0].use("book_appointment", **wish)["ok"] and _get_states(salon) == ["released"]


def test_what_is_kept_of_another_service_is_a_second_visit(salon: Salon, calls: list[AgentCall]) -> None:
    calls[0].use("hold_slot", service="Balayage", date="Samstag", time="10 Uhr")
    calls[0].use("book_appointment", **WISH, name="Karl Baum")
    assert _get_states(salon) == ["open"]


def _get_states(salon: Salon) -> list[str]:
    with company_scope(salon.company_id):
        return list(db.session.scalars(select(Hold.status).order_by(Hold.id)))


def test_somebody_new_of_a_family_is_booked_over_the_own_hold(salon: Salon, client: FlaskClient) -> None:
    """The first try fails at the hold and takes the new customer back with it; the second makes them anew."""
    call = AgentCall(client, from_number=FAMILY)
    assert call.use("hold_slot", **WISH, staff="Anna")["ok"]
    assert call.use("book_appointment", **WISH | {"time": "Viertel nach drei"}, staff="Anna", name="Lotte Ebers")["ok"]
    (booking,) = get_bookings(salon)
    with company_scope(salon.company_id):
        assert db.session.get_one(Customer, booking.customer_id).name == "Lotte Ebers"
        assert list(db.session.scalars(select(Hold).where(Hold.active()))) == []
