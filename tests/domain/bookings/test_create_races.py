"""Many at once for the same time: the database lets one through, on each path and on each database."""

import contextvars
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from threading import Barrier

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.booking_request import BookingRequest, IdempotencyKey
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.errors import Closed, SlotTaken
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.waitlist import accept_offer, join_waitlist, offer_slot
from app.models import Booking, Connection, GroupSession, Hold, SlotLock
from tests.factories.salon import DESK, Salon, at, make_customer
from tests.support.waiting import HANGS_AFTER_S

AT_ONCE = 12


def race(
    app: Flask, salon: Salon, orders: Sequence[BookingRequest], work: Callable[[BookingRequest], Booking | Hold] = create_booking
) -> Counter[str]:
    """Each order in a thread and a session of its own, as many at once as the connections allow; counts how they went."""
    start = Barrier(AT_ONCE)

    def run(number: int) -> str:
        if number < AT_ONCE:
            start.wait(HANGS_AFTER_S)
        with app.app_context(), company_scope(salon.company_id):
            try:
                return run_in_transaction(lambda: work(orders[number])).id
            except SlotTaken as refused:
                return refused.code
            finally:
                the_db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(contextvars.Context().run, run, number) for number in range(len(orders))]
        return Counter(future.result() for future in futures)


def standing(db: SQLAlchemy) -> list[Booking]:
    db.session.rollback()
    return list(db.session.scalars(select(Booking).order_by(Booking.starts_at)))


def test_of_two_hundred_at_once_one_is_booked(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    results = race(app, salon, [salon.request("cut:anna")] * 200)
    assert results["slot_taken"] == 199
    assert len(standing(db)) == 1


def test_of_overlapping_starts_no_two_overlap(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    ten = at("2026-05-12T10:00")
    starts = [ten + timedelta(minutes=7 * n % 90) for n in range(90)]
    race(
        app,
        salon,
        [BookingRequest((salon.part("wash:anna"),), start, salon.branches["mitte"], "api", salon.request().actor) for start in starts],
    )
    made = standing(db)
    assert made
    for earlier, later in pairwise(made):
        assert earlier.ends_at + timedelta(minutes=10) <= later.starts_at


def test_adjacent_slots_are_all_sold_and_each_once(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    ten = at("2026-05-12T09:00")
    orders = [
        BookingRequest(
            (salon.part("cut:anna"),), ten + timedelta(minutes=30 * (n % 18)), salon.branches["mitte"], "api", salon.request().actor
        )
        for n in range(18 * 5)
    ]
    results = race(app, salon, orders)
    assert results["slot_taken"] == 18 * 4
    assert len(standing(db)) == 18


def test_fifty_retries_with_one_key_are_one_booking(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    results = race(app, salon, [salon.request("cut", idempotency_key=IdempotencyKey("program", "again", "a" * 64))] * 50)
    assert list(results.values()) == [50]
    assert len(standing(db)) == 1


def test_anybody_fills_every_person_and_no_more(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    results = race(app, salon, [salon.request("cut")] * 30)
    assert results["slot_taken"] == 28
    assert {booking.staff_id for booking in standing(db)} == set(salon.people.values())


def test_a_group_sells_three_seats_to_thirty(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    results = race(app, salon, [salon.request("yoga:anna")] * 30)
    assert results["slot_taken"] == 27
    made = standing(db)
    assert len({booking.session_id for booking in made}) == 1
    session = db.session.scalars(select(GroupSession)).one()
    assert session.seats_taken == 3
    assert len(db.session.scalars(select(SlotLock).where(SlotLock.resource_id == session.id)).all()) == 3


def test_booking_moving_and_holding_race_for_one_time(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    others = [make(salon.request("cut:anna", starts=f"2026-05-13T{hour}:00")) for hour in range(10, 16)]
    ten = salon.request("cut:anna")

    def work(order: BookingRequest) -> Booking | Hold:
        number = int(order.notes or 0)
        if number % 3 == 0:
            return create_booking(order)
        if number % 3 == 1:
            return reschedule_booking(others[number // 3 % len(others)].id, DESK, starts_at=order.starts_at)
        return create_hold(order)

    db.session.commit()
    results = race(app, salon, [replace(ten, notes=str(number)) for number in range(36)], work)
    db.session.rollback()
    at_ten = db.session.scalars(select(Booking).where(Booking.starts_at == ten.starts_at)).all()
    holds = db.session.scalars(select(Hold).where(Hold.status == "open")).all()
    assert len(at_ten) + len(holds) == 1
    # whoever has it may have been asked to move there again
    assert results["slot_taken"] >= 36 - 2 - 12 // len(others)
    cells = select(SlotLock.holder_id).where(SlotLock.resource_id == salon.people["anna"], SlotLock.holder_id.in_([
        booking.occupant for booking in at_ten] + [hold.id for hold in holds]))  # fmt: skip
    assert len(db.session.scalars(cells).all()) == 6


def test_an_offer_is_accepted_once(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        join_waitlist(
            make_customer(salon), salon.services["cut"], staff_id=salon.people["anna"],
            window_from=at("2026-05-12T10:00"), window_until=at("2026-05-12T10:01"),
            contact_phone="+491713920050",
        )  # fmt: skip
        db.session.add(Connection(provider="twilio", api_key="AC1:token", label="Lindgren", is_active=True))
        offer = offer_slot(salon.branches["mitte"], at("2026-05-12T10:00"), at("2026-05-12T10:30"))
    offer_id = offer.id
    db.session.commit()
    results = race(app, salon, [salon.request()] * 24, lambda _order: accept_offer(offer_id))
    assert list(results.values()) == [24]
    assert len(standing(db)) == 1


def test_joining_and_leaving_a_group_keeps_its_seats_in_step(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    guests = [make(salon.request("yoga:anna")).id for _ in range(2)]

    def work(order: BookingRequest) -> Booking:
        number = int(order.notes or 0)
        return cancel_booking(guests[number], DESK) if number < 2 else create_booking(order)

    db.session.commit()
    race(app, salon, [salon.request("yoga:anna", notes=str(number)) for number in range(20)], work)
    seated = [booking for booking in standing(db) if booking.is_active]
    (session,) = db.session.scalars(select(GroupSession)).all()
    seats = db.session.scalars(select(SlotLock.seat).where(SlotLock.resource_id == session.id)).all()
    assert len(seated) == session.seats_taken == len(seats) == len(set(seats)) <= session.seats == 3
    assert {booking.session_id for booking in seated} == {session.id}


def make(order: BookingRequest) -> Booking:
    with transaction():
        return create_booking(order)


def test_overbooked_at_once_all_stand_and_each_frees_its_own(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    first = create_booking_of(salon)
    orders = [salon.request("cut:anna", actor=DESK, source="web", accepted=frozenset({"booked", "room_taken"}))] * 24
    results = race(app, salon, orders)
    assert "slot_taken" not in results and len(standing(db)) == 25
    seats = db.session.execute(select(SlotLock.slot_index, SlotLock.seat).where(SlotLock.resource_id == salon.people["anna"])).all()
    assert len(seats) == len(set(seats)) == 25 * 6
    with transaction():
        cancel_booking(first, DESK)
    assert race(app, salon, [salon.request("cut:anna")] * AT_ONCE) == {"slot_taken": AT_ONCE}
    for booking in standing(db):
        with transaction():
            cancel_booking(booking.id, DESK)
    assert db.session.scalars(select(SlotLock)).first() is None


def test_of_many_in_overtime_one_is_booked_where_only_the_hour_was_seen(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    late = salon.request("cut:anna", starts="2026-05-12T20:00", actor=DESK, source="web", accepted=frozenset({"closed"}))
    results = race(app, salon, [late] * 40, work=_book_or_refuse)
    assert len(standing(db)) == 1
    assert results["slot_taken"] == 39


def _book_or_refuse(request: BookingRequest) -> Booking | Hold:
    """Closed counts as taken here: the first reason against the time is that it is closed, for everybody."""
    try:
        return create_booking(request)
    except Closed as refused:
        raise SlotTaken(refused.message) from refused


def create_booking_of(salon: Salon) -> str:
    with transaction():
        return create_booking(salon.request("cut:anna")).id
