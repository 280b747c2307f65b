"""Which days still prove who calls: those that nobody can have from us."""

from datetime import date, timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers import disclosures
from app.domain.customers.contacts import find_or_create
from app.domain.customers.disclosures import get_provable_days
from app.models import Call, Connection, Customer, Notification, ToolCall, WaitlistEntry
from tests.factories.calls import CallFactory
from tests.factories.salons import Salon
from tests.support.agent_line import STRANGER, SVEA, Line, book, make_house

TWELFTH, THIRTEENTH = date(2026, 5, 12), date(2026, 5, 13)


@pytest.fixture
def salon(db: SQLAlchemy, monday: object) -> Salon:
    salon = make_house()
    book(salon, "2026-05-12T10:00", customer="Svea Thomsen")
    book(salon, "2026-05-13T10:00", customer="Svea Thomsen")
    return salon


def provable(db: SQLAlchemy, salon: Salon, number: str = SVEA) -> set[date]:
    with company_scope(salon.company_id), transaction():
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        return get_provable_days(CallFactory(status="ongoing", from_number=number, branch_id=salon.branches["mitte"]), svea)


def told_once(db: SQLAlchemy, salon: Salon, number: str, *, days_ago: int = 1) -> None:
    """A function told the twelfth in an earlier call."""
    with company_scope(salon.company_id), transaction():
        call = CallFactory(from_number=number, branch_id=salon.branches["mitte"], started_at=now() - timedelta(days=days_ago))
        db.session.add(ToolCall(call_id=call.id, tool_call_id="t1", name="a_new_function", told_days=["2026-05-12"]))


def test_what_the_desk_booked_and_nobody_told_proves(db: SQLAlchemy, salon: Salon) -> None:
    assert provable(db, salon) == {TWELFTH, THIRTEENTH}


@pytest.mark.parametrize("number", [SVEA, STRANGER])
def test_what_was_told_to_the_number_that_calls_or_to_the_customers_proves_nothing(db: SQLAlchemy, salon: Salon, number: str) -> None:
    told_once(db, salon, number)
    assert provable(db, salon, number) == {THIRTEENTH}
    assert provable(db, salon) == ({THIRTEENTH} if number == SVEA else {TWELFTH, THIRTEENTH})


def test_what_was_told_long_ago_is_forgotten(db: SQLAlchemy, salon: Salon) -> None:
    told_once(db, salon, SVEA, days_ago=disclosures.DISCLOSURE_LOOKBACK.days + 1)
    assert provable(db, salon) == {TWELFTH, THIRTEENTH}


@pytest.mark.parametrize(("status", "left"), [("sent", {THIRTEENTH}), ("pending", {THIRTEENTH}), ("dead", {TWELFTH, THIRTEENTH})])
def test_a_message_that_left_tells_its_day(db: SQLAlchemy, salon: Salon, status: str, left: set[date]) -> None:
    told_about = book(salon, "2026-05-12T15:00", customer="Svea Thomsen")
    with company_scope(salon.company_id), transaction():
        db.session.add(Notification(
            kind="booking_link", subject=f"booking:{told_about}", idempotency_key="desk:1", channel="sms", recipient=SVEA, status=status,
            due_at=now(), expires_at=now(),
        ))  # fmt: skip
    assert provable(db, salon) == left


def test_what_a_call_booked_or_moved_proves_nothing(db: SQLAlchemy, salon: Salon, line: Line) -> None:
    line.use("book_appointment", service="Haarschnitt", date="11. Mai", time="10 Uhr", name="Svea Thomsen", staff="Ben")
    line.use("reschedule_appointment", date="13. Mai", new_date="15. Mai", new_time="11 Uhr")
    assert provable(db, salon) == {TWELFTH}


def test_every_answer_writes_its_days_down(db: SQLAlchemy, salon: Salon, line: Line) -> None:
    """In the data or in the sentence, but not what the caller named, and not what concerns nobody's appointments."""
    line.use("parse_date", text="12. Mai")
    line.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    line.use("check_availability", service="Haarschnitt", date="11. Mai")
    line.use("cancel_appointment")
    line.use("cancel_appointment", date="12. Mai")
    with company_scope(salon.company_id):
        wanted = select(ToolCall.name, ToolCall.told_days).join(Call, Call.id == ToolCall.call_id).order_by(ToolCall.id)
        assert [(row.name, row.told_days) for row in db.session.execute(wanted)] == [
            ("parse_date", None), ("identify_customer", None), ("check_availability", None),
            ("cancel_appointment", ["2026-05-12", "2026-05-13"]), ("cancel_appointment", ["2026-05-12"]),
        ]  # fmt: skip


def test_what_is_said_of_how_to_reach_somebody_stays_with_the_booking(db: SQLAlchemy, salon: Salon, line: Line) -> None:
    """The message goes there; the record is as it was, and so is what the customer is told of other bookings."""
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:secret", label="Lindgren"))
    wish = {"service": "Haarschnitt", "date": "11. Mai", "time": "10 Uhr", "name": "Svea Thomsen", "phone": "0171 3920099"}
    line.use("book_appointment", **wish, email="fremd@example.org")
    line.use("join_waitlist", service="Haarschnitt", name="Svea Thomsen", phone="0171 3920098")
    line.use("send_link", kind="identity")
    with company_scope(salon.company_id):
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        assert [identity.value for identity in svea.identities] == [SVEA]
        sent = db.session.scalars(select(Notification).order_by(Notification.id)).all()
        assert [(row.kind, row.recipient) for row in sent] == [("booking_link", "+491713920099"), ("identity_link", SVEA)]
        assert db.session.scalars(select(WaitlistEntry.contact_phone)).all() == ["+491713920098"]


def test_who_is_verified_adds_it_to_the_record(db: SQLAlchemy, salon: Salon, line: Line) -> None:
    line.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    line.use("book_appointment", service="Haarschnitt", date="11. Mai", time="10 Uhr", name="Svea Thomsen", email="Svea@Example.org")
    with company_scope(salon.company_id):
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        assert [identity.value for identity in svea.identities] == [SVEA, "svea@example.org"]


@pytest.mark.parametrize("name", ["Frau Svea Thomsen", "THOMSEN, Svea", "Dr. Svea Thomsen"])
def test_the_desk_and_programs_know_the_same_name_as_the_telephone(db: SQLAlchemy, salon: Salon, name: str) -> None:
    with company_scope(salon.company_id), transaction():
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        assert find_or_create(name, number=SVEA) == svea
        assert find_or_create("Svea Tomsen", number=SVEA) != svea
