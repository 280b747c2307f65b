"""A caller acts for somebody else as far as that person has confirmed, from their own number, and not a step further."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from time_machine import Traveller

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import AuditEntry, Customer, CustomerIdentifier, CustomerProxy
from tests.factories.salon import Salon
from tests.support.agent_call import STRANGER, SVEA, AgentCall, add_customer, book, get_bookings, make_salon_with_numbers

OLE, OLES_NUMBER = "Ole Thomsen", "+491713920061"
DAY, TIME = "2026-05-07", "10:00"
REFUSED = "Für jemand anderen darf ich das am Telefon nur, wenn die Person es uns vorher bestätigt hat."


@pytest.fixture
def salon(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> Salon:
    """Svea, who is recognised by her date of birth, and her son Ole with an appointment and a number of his own."""
    made = make_salon_with_numbers()
    with company_scope(made.company_id), transaction():
        add_customer(OLE, OLES_NUMBER)
    book(made, f"{DAY}T{TIME}", customer=OLE)
    return made


@pytest.fixture
def allow(db: SQLAlchemy, salon: Salon) -> Callable[..., str]:
    """Note that Svea may act for Ole; confirmed unless said otherwise."""

    def add(*, rights: str = "book change cancel", confirmed: bool = True, revoked: bool = False) -> str:
        with company_scope(salon.company_id), transaction():
            ids = {row.name: row.id for row in db.session.scalars(select(Customer))}
            row = CustomerProxy(
                customer_id=ids[OLE], proxy_id=ids["Svea Thomsen"], sent_to=OLES_NUMBER, token_hash="0" * 64, asked_at=now(),
                confirmed_at=now() if confirmed else None, revoked_at=now() if revoked else None,
                may_book="book" in rights, may_change="change" in rights, may_cancel="cancel" in rights,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            return row.id

    return add


@pytest.mark.parametrize("said", ["Thomsen", "Frau Thomsen", "Svea"])
def test_a_part_of_the_own_name_is_nobody_else(client: FlaskClient, salon: Salon, said: str) -> None:
    book(salon, "2026-05-08T10:00", customer="Svea Thomsen")
    told = AgentCall(client, SVEA).use("query_appointments", name=said)
    assert "vollen Namen" in told["say"] and REFUSED not in told["say"], told


@pytest.fixture
def svea(client: FlaskClient, salon: Salon) -> AgentCall:
    """Svea at her own number, recognised as herself."""
    call = AgentCall(client, SVEA)
    assert call.use("identify_customer", name="Svea Thomsen", birth_date="3. März 1985")["data"]["certainty"] == "verified"
    return call


def _try_all(call: AgentCall, name: str = OLE) -> list[dict[str, Any]]:
    return [
        call.use("query_appointments", name=name),
        call.use("reschedule_appointment", name=name, date=DAY, time=TIME, new_date="2026-05-08", new_time="11:00"),
        call.use("cancel_appointment", name=name, date=DAY, time=TIME),
    ]


def _is_untouched(db: SQLAlchemy, salon: Salon) -> bool:
    db.session.rollback()
    return [(row.status, row.version) for row in get_bookings(salon)] == [("confirmed", 1)]


def test_who_is_confirmed_hears_moves_and_cancels(db: SQLAlchemy, salon: Salon, allow: Any, svea: AgentCall) -> None:
    proxy_id = allow()
    heard, moved, _nothing = _try_all(svea)
    assert heard["ok"] and heard["say"].startswith("Der nächste Termin für Ole Thomsen ist am Donnerstag") and heard["data"]["bookings"]
    assert moved["ok"] and moved["say"].startswith("Der Termin ist jetzt am Freitag")
    cancelled = svea.use("cancel_appointment", name="Ole", date="2026-05-08")
    assert cancelled["ok"] and cancelled["say"].startswith("Der Termin am Freitag") and "Ihr" not in cancelled["say"]
    db.session.rollback()
    assert [row.status for row in get_bookings(salon)] == ["cancelled"]
    used = db.session.scalars(select(AuditEntry.data).where(AuditEntry.action == "proxy_used")).all()
    assert {entry["right"] for entry in used} == {"hear", "change", "cancel"} and {entry["proxy_id"] for entry in used} == {proxy_id}


@pytest.mark.parametrize("state", ["none", "unconfirmed", "revoked"])
def test_who_is_not_confirmed_does_nothing(db: SQLAlchemy, salon: Salon, allow: Any, svea: AgentCall, state: str) -> None:
    if state != "none":
        allow(confirmed=state == "revoked", revoked=state == "revoked")
    answers = _try_all(svea)
    assert {answer["code"] for answer in answers} == {"not_verified"}
    assert all(answer["say"].startswith(REFUSED) for answer in answers)
    # nobody learns whether there is such a person, or a permission that waits
    assert [answer["say"] for answer in _try_all(svea, "Piet Nirgendwo")] == [answer["say"] for answer in answers]
    assert _is_untouched(db, salon)


def test_the_id_of_an_appointment_opens_no_more(db: SQLAlchemy, salon: Salon, allow: Any, svea: AgentCall) -> None:
    booking_id = get_bookings(salon)[0].id
    assert not svea.use("cancel_appointment", booking_id=booking_id)["ok"]
    assert _is_untouched(db, salon)
    allow(rights="cancel")
    assert not svea.use("reschedule_appointment", booking_id=booking_id, new_date="2026-05-08", new_time="11:00")["ok"]
    assert svea.use("cancel_appointment", booking_id=booking_id)["ok"]


def test_only_what_was_allowed(db: SQLAlchemy, salon: Salon, allow: Any, svea: AgentCall) -> None:
    allow(rights="change")
    heard, moved, _cancelled = _try_all(svea)
    assert heard["ok"] and moved["ok"]
    refused = svea.use("cancel_appointment", name=OLE, date="2026-05-08")
    assert refused["code"] == "not_verified" and refused["say"].startswith(REFUSED)
    db.session.rollback()
    assert [row.status for row in get_bookings(salon)] == ["confirmed"]


def test_who_may_only_book_hears_nothing(salon: Salon, allow: Any, svea: AgentCall) -> None:
    allow(rights="book")
    assert [answer.get("code") for answer in _try_all(svea)] == ["not_verified"] * 3


def test_without_the_name_it_is_the_callers_own_appointment(db: SQLAlchemy, salon: Salon, allow: Any, svea: AgentCall) -> None:
    allow()
    assert not svea.use("cancel_appointment", date=DAY, time=TIME)["ok"]
    assert svea.use("query_appointments")["data"].get("bookings") == []
    assert _is_untouched(db, salon)
    # their own name is no other person's
    assert svea.use("query_appointments", name="Svea Thomsen")["data"]["bookings"] == []


@pytest.mark.parametrize("number", [STRANGER, None])
def test_from_another_number_nobody_acts_for_anybody(
    db: SQLAlchemy, client: FlaskClient, salon: Salon, allow: Any, number: str | None
) -> None:
    allow()
    call = AgentCall(client, number)
    call.use("identify_customer", name="Svea Thomsen", birth_date="3. März 1985")
    assert not any(answer["ok"] for answer in _try_all(call))
    assert _is_untouched(db, salon)


def test_who_has_not_proved_who_they_are_does_for_others_what_they_may_for_themselves(
    db: SQLAlchemy, client: FlaskClient, salon: Salon, allow: Any
) -> None:
    allow()
    call = AgentCall(client, SVEA)
    heard, moved, cancelled = _try_all(call)
    assert not heard["ok"] and moved["code"] == cancelled["code"] == "not_verified"
    assert REFUSED not in cancelled["say"] and _is_untouched(db, salon)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_new_appointment_stands_on_the_persons_record(
    db: SQLAlchemy, salon: Salon, allow: Any, svea: AgentCall, is_allowed: bool
) -> None:
    allow(rights="book", confirmed=is_allowed)
    with company_scope(salon.company_id):
        ole_id = db.session.scalars(select(Customer.id).where(Customer.name == OLE)).one()
    assert svea.use("book_appointment", service="Haarschnitt", date="2026-05-12", time="10 Uhr", name=OLE)["ok"]
    db.session.rollback()
    assert (get_bookings(salon)[-1].customer_id == ole_id) is is_allowed
    with company_scope(salon.company_id):
        own = db.session.scalars(select(CustomerIdentifier.value).where(CustomerIdentifier.customer_id == ole_id)).all()
    assert own == [OLES_NUMBER]
