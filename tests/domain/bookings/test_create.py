"""Bookings are made once, and what is taken is refused with reasons and alternatives."""

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings import create, slot_locks
from app.domain.bookings.booking_request import BookingRequest, IdempotencyKey, resolve_parts
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking, find_idempotent
from app.domain.bookings.errors import BookingError, BookingNotAllowed, Closed, ContactMissing, IdempotencyKeyReused, InThePast, SlotTaken
from app.domain.customers.contacts import find_or_create
from app.domain.scheduling.allocation_plan import ResourceAllocation
from app.domain.scheduling.types import VisitPart
from app.domain.services.matching import UnknownService
from app.domain.services.requested_services import get_services
from app.domain.services.staff_matching import UnknownStaff, get_staff
from app.events import BookingCreated
from app.models import Booking, BookingChange, BusySpan, GroupSession, Policy, Service, SlotLock, StaffService
from tests.factories.salon import DESK, Salon, at, make_call, make_customer, make_salon

KEY = IdempotencyKey("program", "k1", "a" * 64)
HEARD: list[BookingCreated] = []


@subscribe(BookingCreated, when="after_commit")
def _hear(events: list[BookingCreated]) -> None:
    HEARD.extend(events)


def book(order: BookingRequest) -> Booking:
    with transaction():
        return create_booking(order)


def count(db: SQLAlchemy, model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_booking_stands_in_the_rows_with_its_first_line_of_history(db: SQLAlchemy, salon: Salon) -> None:
    customer, call = make_customer(salon), make_call(salon)
    HEARD.clear()
    request = salon.request(
        "cut:anna", customer_id=customer, call_id=call, notes="Spitzen", source_ref="call:1", contact_phone="+491713920077"
    )
    booking = book(request)
    assert (booking.status, booking.starts_at, booking.ends_at) == ("confirmed", at("2026-05-12T10:00"), at("2026-05-12T10:30"))
    assert (booking.timezone, booking.price_cents, booking.version, booking.source) == ("Europe/Berlin", 3500, 1, "call")
    assert [event.booking_id for event in HEARD] == [booking.id]
    line = db.session.scalars(select(BookingChange)).one()
    assert (line.action, line.actor_type, line.channel, line.before, line.after["status"]) == ("made", "caller", "call", None, "confirmed")
    # half an hour of Anna and of a chair in cells of five minutes
    assert count(db, SlotLock) == 12
    assert count(db, BusySpan) == 2


def test_the_second_booking_of_a_person_is_refused_with_alternatives(salon: Salon) -> None:
    book(salon.request("cut:anna"))
    with pytest.raises(SlotTaken) as refused:
        book(salon.request("cut:anna", starts="2026-05-12T10:15"))
    error = refused.value
    assert (error.status, error.code, [reason.code for reason in error.reasons]) == (409, "slot_taken", ["booked"])
    assert error.message == "Anna Lindgren hat dann schon einen Termin."
    assert [slot.starts_at for slot in error.alternatives.other_times] == [
        at("2026-05-12T10:30"), at("2026-05-12T10:45"), at("2026-05-12T09:30"),
    ]  # fmt: skip
    assert [slot.staff_id for slot in error.alternatives.other_staff] == [salon.people["ben"]]
    assert error.alternatives.other_branches[0].branch_id == salon.branches["pankow"]
    assert error.details()["alternatives"][0]["staff_id"] == salon.people["ben"]


def test_anybody_means_the_next_person_who_is_free(salon: Salon) -> None:
    assert [book(salon.request("cut")).staff_id for _ in range(2)] == [salon.people["anna"], salon.people["ben"]]
    with pytest.raises(SlotTaken):
        book(salon.request("cut"))


def test_a_room_is_refused_like_a_person(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        for name in ("chair1", "chair2"):
            slot_locks.lock(
                salon.rooms[name], [ResourceAllocation("room", salon.rooms[name], at("2026-05-12T10:00"), at("2026-05-12T11:00"))]
            )
    with pytest.raises(SlotTaken) as refused:
        book(salon.request("cut:anna"))
    assert refused.value.reasons[0].code == "room_taken"


def test_the_database_itself_refuses_whatever_path_leads_there(db: SQLAlchemy, salon: Salon) -> None:
    """Nothing looks first here: two writers straight into the guard, overlapping by a single minute."""
    morning = ResourceAllocation("staff", salon.people["anna"], at("2026-05-12T10:00"), at("2026-05-12T10:31"))
    later = replace(morning, starts_at=at("2026-05-12T10:30"), ends_at=at("2026-05-12T11:00"))
    with transaction():
        slot_locks.lock("01J0000000000000000000TES1", [morning])
    with pytest.raises(IntegrityError), transaction():
        slot_locks.lock("01J0000000000000000000TES2", [later])
    with transaction():
        slot_locks.unlock("01J0000000000000000000TES1")
        slot_locks.lock("01J0000000000000000000TES2", [later])


@pytest.mark.parametrize(
    ("starts", "error", "code"),
    [
        ("2026-05-12T20:00", Closed, "closed"),
        ("2026-05-14T10:00", Closed, "closed"),
        ("2026-05-01T10:00", InThePast, "in_the_past"),
        ("2027-06-01T10:00", BookingNotAllowed, "not_allowed"),
    ],
)
def test_other_refusals_have_their_own_names(salon: Salon, starts: str, error: type[BookingError], code: str) -> None:
    with pytest.raises(error) as refused:
        book(salon.request("cut", starts=starts))
    assert refused.value.code == code


def test_an_idempotency_key_gives_back_the_first_booking(db: SQLAlchemy, salon: Salon) -> None:
    first = book(salon.request("cut", idempotency_key=KEY))
    assert book(salon.request("cut", idempotency_key=KEY)).id == first.id
    assert book(salon.request("cut", source_ref="call:7")).source_ref == "call:7"
    assert count(db, Booking) == 2


def test_an_idempotency_key_with_another_request_is_refused_by_name(db: SQLAlchemy, salon: Salon) -> None:
    book(salon.request("cut", idempotency_key=KEY))
    with pytest.raises(IdempotencyKeyReused) as refused:
        book(salon.request("cut", starts="2026-05-12T14:00", idempotency_key=replace(KEY, request_hash="b" * 64)))
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")
    assert "„k1“" in refused.value.message
    assert count(db, Booking) == 1


def test_a_key_from_before_requests_were_hashed_gives_back_its_booking(db: SQLAlchemy, salon: Salon) -> None:
    first = book(salon.request("cut", idempotency_key=KEY))
    first.request_hash = None
    db.session.commit()
    assert book(salon.request("cut", idempotency_key=KEY)).id == first.id


def test_what_stands_in_the_way_may_be_what_this_very_order_has_made_meanwhile(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    first = book(salon.request("cut:anna", idempotency_key=KEY))
    looks: list[BookingRequest] = []

    def look(order: BookingRequest) -> Booking | None:
        """Its twin commits right after the first look."""
        looks.append(order)
        return find_idempotent(order) if len(looks) > 1 else None

    monkeypatch.setattr(create, "find_idempotent", look)
    assert book(salon.request("cut:anna", idempotency_key=KEY)).id == first.id


def test_keys_of_another_company_are_none_of_ours(db: SQLAlchemy, salon: Salon) -> None:
    first = book(salon.request("cut", idempotency_key=KEY))
    other = make_salon("salon-b")
    with company_scope(other.company_id):
        assert book(other.request("cut", idempotency_key=KEY)).id != first.id


def test_services_and_people_of_others_are_unknown(salon: Salon) -> None:
    other = make_salon("salon-b")
    with pytest.raises(UnknownService):
        book(replace(salon.request(), parts=(VisitPart(other.services["cut"]),)))
    with pytest.raises(UnknownStaff):
        book(replace(salon.request(), parts=(VisitPart(salon.services["cut"], other.people["anna"]),)))


def test_during_the_processing_time_somebody_else_is_served(salon: Salon) -> None:
    book(salon.request("colour:anna"))
    assert book(salon.request("cut:anna", starts="2026-05-12T10:30")).staff_id == salon.people["anna"]
    with pytest.raises(SlotTaken):
        book(salon.request("cut:anna", starts="2026-05-12T11:00"))


def test_a_group_sells_each_seat_once(db: SQLAlchemy, salon: Salon) -> None:
    bookings = [book(salon.request("yoga:anna", customer_id=make_customer(salon, f"Gast {n}"))) for n in range(3)]
    assert len({booking.session_id for booking in bookings}) == 1
    session = db.session.scalars(select(GroupSession)).one()
    assert (session.seats, session.seats_taken) == (3, 3)
    with pytest.raises(SlotTaken):
        book(salon.request("yoga:anna"))
    # the hall is the same and full of others, so Ben cannot open a second group
    with pytest.raises(SlotTaken):
        book(salon.request("yoga:ben"))


def test_a_visit_of_two_services_is_two_bookings_that_belong_together(db: SQLAlchemy, salon: Salon) -> None:
    first = book(salon.request("wash", "cut", source_ref="call:3"))
    both = db.session.scalars(select(Booking).where(Booking.visit_id == first.visit_id).order_by(Booking.starts_at)).all()
    assert [booking.starts_at for booking in both] == [at("2026-05-12T10:00"), at("2026-05-12T10:15")]
    assert [booking.source_ref for booking in both] == ["call:3", None]
    assert {booking.staff_id for booking in both} == {salon.people["anna"]}


def _parts_of(service: str, person: str | None = None) -> tuple[VisitPart, ...]:
    return resolve_parts(get_services(service), get_staff(person) if person else None)


def test_words_become_parts(db: SQLAlchemy, salon: Salon) -> None:
    anna, cut, colour = salon.people["anna"], salon.services["cut"], salon.services["colour"]
    assert _parts_of("Haarschnitt", "Anna") == (VisitPart(cut, anna),)
    assert _parts_of("Straehnchen") == (VisitPart(colour),)
    assert _parts_of("Haarschnitt und Balayage") == (VisitPart(cut), VisitPart(colour))
    with pytest.raises(UnknownService):
        _parts_of("Fußmassage")
    with pytest.raises(UnknownStaff):
        _parts_of("Haarschnitt", "Gundula")
    with transaction():
        db.session.add(Service(slug="both", name="Verwöhnpaket", minutes=1, parts=[cut, colour]))
        db.session.delete(db.session.get(StaffService, (anna, colour)))
    assert _parts_of("Verwöhnpaket", "Anna") == (VisitPart(cut, anna), VisitPart(colour))


def test_rules_bind_callers_and_not_the_desk(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.add(Policy(scope=salon.services["cut"], service_id=salon.services["cut"], callers_may_book=False))
        db.session.add(Policy(scope="company", anonymous_callers=False, open_bookings_per_customer=1, needs_confirmation=True))
    with pytest.raises(BookingNotAllowed) as refused:
        book(salon.request("cut"))
    assert refused.value.reasons[0].code == "policy"
    assert book(salon.request("cut", actor=DESK, source="web")).status == "confirmed"
    with pytest.raises(BookingNotAllowed):
        book(salon.request("wash", is_anonymous=True))
    customer = make_customer(salon)
    assert book(salon.request("wash", customer_id=customer)).status == "pending"
    with pytest.raises(BookingNotAllowed):
        book(salon.request("wash", starts="2026-05-12T14:00", customer_id=customer))


def test_limit_of_open_bookings_counts_visits(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.add(Policy(scope="company", open_bookings_per_customer=2))
    customer = make_customer(salon)
    book(salon.request("wash", "cut", customer_id=customer))
    book(salon.request("cut", starts="2026-05-13T10:00", customer_id=customer))
    for starts in ("2026-05-14T10:00", "2026-05-15T10:00"):
        with pytest.raises(BookingNotAllowed):
            book(salon.request("wash", "cut", starts=starts, customer_id=customer))


def test_limit_of_open_bookings_counts_what_is_to_come_and_stands(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    with transaction():
        db.session.add(Policy(scope="company", open_bookings_per_customer=1))
    customer = make_customer(salon)
    first = book(salon.request("cut", customer_id=customer))
    with transaction():
        cancel_booking(first.id, DESK)
    book(salon.request("cut", customer_id=customer))
    present.move_to("2026-05-12T12:00:00+02:00")
    book(salon.request("cut", starts="2026-05-13T10:00", customer_id=customer))
    book(salon.request("cut", starts="2026-05-13T10:00", customer_id=make_customer(salon, "Ole Thomsen")))
    with pytest.raises(BookingNotAllowed):
        book(salon.request("cut", starts="2026-05-14T12:00", customer_id=customer))


def test_whoever_is_booked_for_in_a_call_can_be_reached_by_themselves(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.add(Policy(scope="company", contact_required=True))
        reachable = find_or_create("Ole Thomsen", number="+491713920050").id
    order = {"call_id": make_call(salon), "customer_id": make_customer(salon)}
    with pytest.raises(ContactMissing):
        book(salon.request("cut:anna", **order))
    book(salon.request("cut:anna", **order, contact_email="mira@example.org"))
    book(salon.request("cut:ben", **order | {"customer_id": reachable}))


def test_another_calendar_may_book_outside_the_hours_but_not_twice(salon: Salon) -> None:
    night: dict[str, Any] = {"starts": "2026-05-12T22:00", "ignore_rules": True, "source": "calcom"}
    book(salon.request("cut:anna", **night))
    with pytest.raises(SlotTaken):
        book(salon.request("cut:anna", **night))
