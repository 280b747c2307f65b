"""A held time is taken until it is used, given back or runs out."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.event_bus import subscribe
from app.core.tenancy import unscoped
from app.core.transactions import transaction
from app.domain.bookings import slot_locks
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.holds import close_hold, expire_holds
from app.events import HoldPlaced, HoldReleased
from app.models import Booking, BusySpan, GroupSession, Hold, SlotLock
from tests.factories.salon import Salon

HEARD: list[HoldPlaced | HoldReleased] = []


@subscribe(HoldPlaced, HoldReleased, when="after_commit")
def _hear(events: list[HoldPlaced | HoldReleased]) -> None:
    HEARD.extend(events)


def hold(order: BookingRequest, **others: int) -> Hold:
    with transaction():
        return create_hold(order, **others)


def book(order: BookingRequest) -> Booking:
    with transaction():
        return create_booking(order)


def test_a_held_time_is_taken_for_others_and_free_for_its_holder(db: SQLAlchemy, salon: Salon) -> None:
    kept = hold(salon.request("cut:anna"))
    assert kept.expires_at - now() <= timedelta(minutes=5)
    with pytest.raises(SlotTaken):
        book(salon.request("cut:anna"))
    assert book(salon.request("cut:anna", hold=kept)).staff_id == salon.people["anna"]
    db.session.refresh(kept)
    assert kept.status == "used"
    assert not kept.is_open
    assert db.session.scalar(select(func.count()).select_from(SlotLock)) == 12


def test_a_hold_given_back_is_free_at_once(salon: Salon) -> None:
    kept = hold(salon.request("cut:anna"))
    with transaction():
        assert close_hold(kept, "released")
    with transaction():
        assert not close_hold(kept, "released")
    book(salon.request("cut:anna"))


@pytest.mark.parametrize("end", ["used", "released", "expired"])
def test_whoever_watches_hears_once_that_a_time_is_held_and_free_again(salon: Salon, present: time_machine.Traveller, end: str) -> None:
    HEARD.clear()
    kept = hold(salon.request("cut:anna"))
    assert [(type(event), event.booking_id) for event in HEARD] == [(HoldPlaced, kept.id)]
    if end == "used":
        book(salon.request("cut:anna", hold=kept))
    elif end == "expired":
        present.shift(timedelta(hours=1))
        with transaction():
            expire_holds()
    for _ in range(2):
        with transaction():
            close_hold(kept, "released")
    assert [(type(event), event.booking_id) for event in HEARD[1:]] == [(HoldReleased, kept.id)]


def test_a_hold_that_ran_out_stands_in_nobodys_way_even_before_it_is_swept(
    db: SQLAlchemy, salon: Salon, present: time_machine.Traveller
) -> None:
    kept = hold(salon.request("cut:anna"), minutes=3)
    present.shift(timedelta(minutes=4))
    book(salon.request("cut:anna"))
    assert not kept.is_open
    with pytest.raises(SlotTaken):
        book(salon.request("cut:anna", hold=kept))


def test_the_sweep_ends_what_ran_out(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    hold(salon.request("cut:anna"), minutes=3)
    hold(salon.request("yoga:ben"), minutes=3)
    hold(salon.request("cut:anna", starts="2026-05-12T14:00"), minutes=30)
    present.shift(timedelta(minutes=4))
    with unscoped(), transaction():
        assert expire_holds() == 2
    with unscoped(), transaction():
        assert expire_holds() == 0
    assert db.session.scalar(select(func.count()).select_from(GroupSession)) == 0
    assert sorted(db.session.scalars(select(Hold.status)).all()) == ["expired", "expired", "open"]


def test_a_held_seat_of_a_group_becomes_a_booked_one(db: SQLAlchemy, salon: Salon) -> None:
    kept = hold(salon.request("yoga:anna"))
    book(salon.request("yoga:anna"))
    booking = book(salon.request("yoga:anna", hold=kept))
    session = db.session.scalars(select(GroupSession)).one()
    assert (session.seats_taken, booking.session_id) == (2, session.id)


def test_hold_that_is_extended_as_it_expires_keeps_its_time(
    db: SQLAlchemy, salon: Salon, present: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        hold = create_hold(salon.request("cut:anna"), minutes=5)
    hold_id, list_expired = hold.id, slot_locks._list_expired
    present.shift(timedelta(minutes=5, seconds=1))

    def look(allocations: Any) -> list[str]:
        """In the same moment another request extends it."""
        found: list[str] = list_expired(allocations)
        later = now() + timedelta(minutes=5)
        db.session.execute(update(Hold).where(Hold.id == hold_id).values(expires_at=later))
        db.session.execute(update(BusySpan).where(BusySpan.holder_id == hold_id).values(expires_at=later))
        return found

    monkeypatch.setattr(slot_locks, "_list_expired", look)
    with pytest.raises(SlotTaken), transaction():
        create_booking(salon.request("cut:anna"))
