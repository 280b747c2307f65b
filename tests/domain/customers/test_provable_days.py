"""Which days still prove who calls: those that nobody can have from us."""

from datetime import date, timedelta

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import edit_notes, mark_done, mark_no_show
from app.domain.customers import provable_days
from app.domain.customers.contacts import find_or_create
from app.domain.customers.provable_days import get_provable_days
from app.domain.notifications.message_kinds import KINDS, PLANNED_KINDS
from app.domain.notifications.notification_queue import PlannedMessage, plan_notification
from app.models import Call, Connection, Customer, Notification, ToolCall, WaitlistEntry
from tests.factories.calls import CallFactory
from tests.factories.salon import CALLER, DESK, Salon, at
from tests.support.agent_call import FAMILY, STRANGER, SVEA, AgentCall, book, make_salon_with_numbers

TWELFTH, THIRTEENTH = date(2026, 5, 12), date(2026, 5, 13)


@pytest.fixture
def salon(db: SQLAlchemy, monday: object) -> Salon:
    salon = make_salon_with_numbers()
    book(salon, "2026-05-12T10:00", customer="Svea Thomsen")
    book(salon, "2026-05-13T10:00", customer="Svea Thomsen")
    return salon


def provable(db: SQLAlchemy, salon: Salon, number: str | None = SVEA) -> set[date]:
    with company_scope(salon.company_id), transaction():
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        return get_provable_days(CallFactory(status="ongoing", from_number=number, branch_id=salon.branches["mitte"]), svea)


def told_once(db: SQLAlchemy, salon: Salon, number: str | None, *, days_ago: int = 1, customer: str | None = None) -> None:
    """A function told the twelfth in an earlier call."""
    with company_scope(salon.company_id), transaction():
        customer_id = db.session.scalar(select(Customer.id).where(Customer.name == customer)) if customer else None
        call = CallFactory(
            from_number=number, branch_id=salon.branches["mitte"], started_at=now() - timedelta(days=days_ago), customer_id=customer_id
        )
        db.session.add(ToolCall(call_id=call.id, tool_call_id="t1", name="a_new_function", disclosed_days=["2026-05-12"]))


def test_what_the_desk_booked_and_nobody_told_proves(db: SQLAlchemy, salon: Salon) -> None:
    assert provable(db, salon) == {TWELFTH, THIRTEENTH}


@pytest.mark.parametrize("number", [SVEA, STRANGER])
def test_what_was_told_to_the_number_that_calls_or_to_the_customers_proves_nothing(db: SQLAlchemy, salon: Salon, number: str) -> None:
    told_once(db, salon, number)
    assert provable(db, salon, number) == {THIRTEENTH}
    assert provable(db, salon) == ({THIRTEENTH} if number == SVEA else {TWELFTH, THIRTEENTH})


@pytest.mark.parametrize(
    ("number", "customer", "left"),
    [
        # to whoever has her telephone, and to her on another one
        (SVEA, None, {THIRTEENTH}),
        (FAMILY, "Svea Thomsen", {THIRTEENTH}),
        (None, "Svea Thomsen", {THIRTEENTH}),
        (FAMILY, "Katrin Ebers", {TWELFTH, THIRTEENTH}),
        # somebody withheld a number: that says nothing of this call, which withholds it too
        (None, None, {TWELFTH, THIRTEENTH}),
    ],
)
@pytest.mark.parametrize("calls_from", [STRANGER, None])
def test_what_she_may_have_heard_proves_nothing_wherever_she_calls_from(
    db: SQLAlchemy, salon: Salon, number: str | None, customer: str | None, left: set[date], calls_from: str | None
) -> None:
    told_once(db, salon, number, customer=customer)
    assert provable(db, salon, calls_from) == left


def test_what_was_told_long_ago_is_forgotten(db: SQLAlchemy, salon: Salon) -> None:
    told_once(db, salon, SVEA, days_ago=provable_days.DISCLOSURE_LOOKBACK.days + 1)
    assert provable(db, salon) == {TWELFTH, THIRTEENTH}


def test_only_her_own_visits_that_stand_or_took_place_not_long_ago_prove(
    db: SQLAlchemy, salon: Salon, monday: time_machine.Traveller
) -> None:
    stands, cancelled = (book(salon, f"2026-05-{day}T15:00", customer="Svea Thomsen") for day in (18, 19))
    book(salon, "2026-05-20T15:00", customer="Katrin Ebers")
    book(salon, "2026-05-20T16:00")
    with company_scope(salon.company_id), transaction():
        cancel_booking(cancelled, DESK)
    assert provable(db, salon) == {TWELFTH, THIRTEENTH, date(2026, 5, 18)}
    monday.move_to(at("2026-05-13T12:00") + provable_days.BOOKING_LOOKBACK)
    with company_scope(salon.company_id), transaction():
        mark_done(stands, DESK)
    assert provable(db, salon) == {date(2026, 5, 18)}
    with company_scope(salon.company_id), transaction():
        mark_no_show(stands, DESK)
    assert provable(db, salon) == set()


def test_the_day_is_that_of_the_branch(db: SQLAlchemy, salon: Salon) -> None:
    book(salon, "2026-05-20T00:30", customer="Svea Thomsen")
    assert provable(db, salon) == {TWELFTH, THIRTEENTH, date(2026, 5, 20)}


def test_a_time_that_the_caller_set_proves_again_once_the_desk_has_moved_it(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon, "2026-05-18T15:00", customer="Svea Thomsen")
    for actor, day, left in ((CALLER, 19, {TWELFTH, THIRTEENTH}), (DESK, 20, {TWELFTH, THIRTEENTH, date(2026, 5, 20)})):
        with company_scope(salon.company_id), transaction():
            reschedule_booking(booking, actor, starts_at=at(f"2026-05-{day}T15:00"))
        assert provable(db, salon) == left
        with company_scope(salon.company_id), transaction():
            edit_notes(booking, f"Bitte leise, am {day}.", DESK if actor is CALLER else CALLER)
        assert provable(db, salon) == left


@pytest.mark.parametrize(("status", "left"), [("sent", {THIRTEENTH}), ("pending", {THIRTEENTH}), ("dead", {TWELFTH, THIRTEENTH})])
def test_a_message_that_left_tells_its_day(
    db: SQLAlchemy, salon: Salon, monday: time_machine.Traveller, status: str, left: set[date]
) -> None:
    told_about = book(salon, "2026-05-12T15:00", customer="Svea Thomsen")
    with company_scope(salon.company_id), transaction():
        db.session.add(Notification(
            kind="booking_link", subject=f"booking:{told_about}", idempotency_key="desk:1", channel="sms", recipient=SVEA, status=status,
            due_at=now(), expires_at=now(),
        ))  # fmt: skip
    assert provable(db, salon) == left
    monday.shift(provable_days.DISCLOSURE_LOOKBACK + timedelta(days=1))
    assert provable(db, salon) == {TWELFTH, THIRTEENTH}


@pytest.mark.parametrize("kind", [name for name in PLANNED_KINDS if not KINDS[name].is_marketing])
def test_a_planned_message_tells_its_day_only_once_it_may_have_left(
    db: SQLAlchemy, salon: Salon, monday: time_machine.Traveller, kind: str
) -> None:
    booking = book(salon, "2026-05-12T15:00", customer="Svea Thomsen")
    plan = PlannedMessage(kind, f"booking:{booking}", f"planned:{booking}", now() + timedelta(days=2), now() + timedelta(days=7), "sms")
    with company_scope(salon.company_id), transaction():
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        plan_notification(plan, ("sms", SVEA), customer_id=svea.id)
    assert provable(db, salon) == {TWELFTH, THIRTEENTH}
    with company_scope(salon.company_id), transaction():
        db.session.scalars(select(Notification).where(Notification.kind == kind)).one().first_sent_at = now()
    assert provable(db, salon) == {THIRTEENTH}


def test_what_a_call_booked_or_moved_proves_nothing(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    agent_call.use("book_appointment", service="Haarschnitt", date="11. Mai", time="10 Uhr", name="Svea Thomsen", staff="Ben")
    agent_call.use("reschedule_appointment", date="13. Mai", new_date="15. Mai", new_time="11 Uhr")
    assert provable(db, salon) == {TWELFTH}


def test_every_answer_writes_its_days_down(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    """In the data or in the sentence, but not what the caller named, and not what concerns nobody's appointments."""
    agent_call.use("parse_date", text="12. Mai")
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    agent_call.use("check_availability", service="Haarschnitt", date="11. Mai")
    agent_call.use("cancel_appointment")
    agent_call.use("cancel_appointment", date="12. Mai")
    with company_scope(salon.company_id):
        wanted = select(ToolCall.name, ToolCall.disclosed_days).join(Call, Call.id == ToolCall.call_id).order_by(ToolCall.id)
        assert [(row.name, row.disclosed_days) for row in db.session.execute(wanted)] == [
            ("parse_date", None), ("identify_customer", None), ("check_availability", None),
            ("cancel_appointment", ["2026-05-12", "2026-05-13"]), ("cancel_appointment", ["2026-05-12"]),
        ]  # fmt: skip


def test_what_is_said_of_how_to_reach_somebody_stays_with_the_booking(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    """The message goes there; the record is as it was, and so is what the customer is told of other bookings."""
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:secret", label="Lindgren"))
    wish = {"service": "Haarschnitt", "date": "11. Mai", "time": "10 Uhr", "name": "Svea Thomsen", "phone": "0171 3920099"}
    agent_call.use("book_appointment", **wish, email="fremd@example.org")
    agent_call.use("join_waitlist", service="Haarschnitt", name="Svea Thomsen", phone="0171 3920098")
    agent_call.use("send_link", kind="identity")
    with company_scope(salon.company_id):
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        assert [identifier.value for identifier in svea.identifiers] == [SVEA]
        # what was booked before there was an account was told to nobody
        queued = select(Notification).where(Notification.status != "not_set_up").order_by(Notification.id)
        sent = db.session.scalars(queued).all()
        assert [(row.kind, row.recipient) for row in sent] == [("booking_link", "+491713920099"), ("customer_link", SVEA)]
        assert db.session.scalars(select(WaitlistEntry.contact_phone)).all() == ["+491713920098"]


def test_who_is_verified_adds_it_to_the_record(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    agent_call.use("book_appointment", service="Haarschnitt", date="11. Mai", time="10 Uhr", name="Svea Thomsen", email="Svea@Example.org")
    with company_scope(salon.company_id):
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        assert [identifier.value for identifier in svea.identifiers] == [SVEA, "svea@example.org"]


@pytest.mark.parametrize("name", ["Frau Svea Thomsen", "THOMSEN, Svea", "Dr. Svea Thomsen"])
def test_the_desk_and_programs_know_the_same_name_as_the_telephone(db: SQLAlchemy, salon: Salon, name: str) -> None:
    with company_scope(salon.company_id), transaction():
        svea = db.session.scalars(select(Customer).where(Customer.name == "Svea Thomsen")).one()
        assert find_or_create(name, number=SVEA) == svea
        assert find_or_create("Svea Tomsen", number=SVEA) != svea
