"""Who waits is asked in turn, and never two get the same time."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.event_bus import subscribe
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.waitlist import (
    OfferExpired,
    accept_offer,
    close_past_entries,
    decline_offer,
    expire_offers,
    find_offer,
    join_waitlist,
    offer_slot,
    renew_offer_token,
    withdraw_entry,
)  # fmt: skip
from app.domain.services.matching import UnknownService
from app.events import WaitlistOffered
from app.models import Booking, Hold, Service, WaitlistEntry, WaitlistOffer
from tests.factories.salons import DESK, Salon, at, make_customer

HEARD: list[WaitlistOffered] = []


@subscribe(WaitlistOffered, when="after_commit")
def _hear(events: list[WaitlistOffered]) -> None:
    HEARD.extend(events)


def join(salon: Salon, name: str, service: str = "cut", **others: Any) -> WaitlistEntry:
    window: dict[str, Any] = {"window_from": at("2026-05-11T00:00"), "window_until": at("2026-05-16T00:00")}
    with transaction():
        return join_waitlist(make_customer(salon, name), salon.services[service], **(window | others))


@pytest.fixture
def full(salon: Salon) -> Booking:
    """Anna's booking at ten; both people are taken around it, so that only ten can become free."""
    with transaction():
        for person in ("anna", "ben"):
            for hour in (9, 10, 11):
                for half in ("00", "30"):
                    booking = create_booking(salon.request(f"cut:{person}", starts=f"2026-05-12T{hour:02}:{half}"))
                    if (person, hour, half) == ("anna", 10, "00"):
                        wanted = booking
    return wanted


def free(booking: Booking) -> WaitlistOffer | None:
    with transaction():
        cancel_booking(booking.id, DESK)
        return offer_slot(booking.branch_id, booking.starts_at, booking.ends_at)


def test_a_freed_time_is_kept_for_the_first_who_waits(db: SQLAlchemy, salon: Salon, full: Booking) -> None:
    first, second = join(salon, "Mira"), join(salon, "Otto")
    HEARD.clear()
    offer = free(full)
    assert offer is not None
    assert (offer.entry_id, offer.status, first.status, second.status) == (first.id, "offered", "offered", "waiting")
    assert [event.offer_id for event in HEARD] == [offer.id]
    with pytest.raises(SlotTaken), transaction():
        create_booking(salon.request("cut:anna"))
    with transaction():
        token = renew_offer_token(offer)
    assert find_offer(token).id == offer.id
    with transaction():
        booking = accept_offer(offer.id)
    assert (booking.starts_at, booking.customer_id, booking.source) == (at("2026-05-12T10:00"), first.customer_id, "link")
    assert (offer.status, first.status) == ("accepted", "booked")
    with transaction():
        assert accept_offer(offer.id).id == booking.id


def test_on_expiry_the_next_is_asked_and_the_late_one_is_told(
    db: SQLAlchemy, salon: Salon, full: Booking, present: time_machine.Traveller
) -> None:
    first, second = join(salon, "Mira"), join(salon, "Otto")
    offer = free(full)
    present.shift(timedelta(minutes=31))
    with pytest.raises(OfferExpired), transaction():
        accept_offer(offer.id)
    with transaction():
        assert expire_offers() == 1
    db.session.expire_all()
    assert (offer.status, first.status, second.status) == ("expired", "waiting", "offered")
    present.shift(timedelta(minutes=31))
    with transaction():
        assert expire_offers() == 1
    # nobody is asked twice for the same time, so it is free again
    assert db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.status == "offered")).all() == []
    with transaction():
        create_booking(salon.request("cut:anna"))


def test_declining_and_leaving_hand_the_time_on(db: SQLAlchemy, salon: Salon, full: Booking) -> None:
    first, second, third = join(salon, "Mira"), join(salon, "Otto"), join(salon, "Ute")
    offer = free(full)
    with transaction():
        following = decline_offer(offer.id)
    assert following.entry_id == second.id
    with transaction():
        withdraw_entry(second.id)
    assert (first.status, second.status, third.status) == ("waiting", "withdrawn", "offered")
    with pytest.raises(OfferExpired), transaction():
        accept_offer(following.id)
    assert set(db.session.scalars(select(Hold.status))) == {"released", "open"}


def test_only_what_suits_is_offered(salon: Salon, full: Booking) -> None:
    join(salon, "zu lang", service="colour")
    join(salon, "bei Ben", staff_id=salon.people["ben"])
    join(salon, "in Pankow", branch_id=salon.branches["pankow"])
    join(salon, "nachmittags", day_from=14 * 60)
    join(salon, "nächste Woche", window_from=at("2026-05-18T00:00"), window_until=at("2026-05-22T00:00"))
    assert free(full) is None
    morning = join(salon, "vormittags", day_until=12 * 60)
    with transaction():
        offer = offer_slot(full.branch_id, full.starts_at, full.ends_at)
    assert offer.entry_id == morning.id


def test_a_combined_visit_waits_too(db: SQLAlchemy, salon: Salon, full: Booking) -> None:
    with transaction():
        both = Service(slug="both", name="Waschen und Fönen", minutes=1, parts=[salon.services["wash"], salon.services["wash"]])
        db.session.add(both)
        db.session.get(Service, salon.services["wash"]).after_minutes = 0
    with transaction():
        entry = join_waitlist(make_customer(salon), both.id, window_from=at("2026-05-12T00:00"), window_until=at("2026-05-13T00:00"))
    offer = free(full)
    assert offer.entry_id == entry.id
    with transaction():
        booking = accept_offer(offer.id)
    assert len(db.session.scalars(select(Booking).where(Booking.visit_id == booking.visit_id)).all()) == 2


def test_joining_again_changes_the_window(db: SQLAlchemy, salon: Salon) -> None:
    customer = make_customer(salon)
    with transaction():
        for day in (13, 15):
            entry = join_waitlist(
                customer, salon.services["cut"], window_from=at("2026-05-11T00:00"), window_until=at(f"2026-05-{day}T00:00")
            )
    assert db.session.scalars(select(WaitlistEntry)).all() == [entry]
    assert entry.window_until == at("2026-05-15T00:00")


def test_what_makes_no_sense_is_refused(salon: Salon) -> None:
    with pytest.raises(InvalidInput):
        join(salon, "gestern", window_until=at("2026-05-01T00:00"))
    with pytest.raises(UnknownService), transaction():
        join_waitlist("x", "01J0000000000000000000TEST", window_from=at("2026-05-11T00:00"), window_until=at("2026-05-16T00:00"))


def test_an_entry_whose_window_is_over_waits_no_more(salon: Salon, present: time_machine.Traveller) -> None:
    entry = join(salon, "Mira")
    present.move_to("2026-05-20T08:00:00+02:00")
    with transaction():
        assert close_past_entries() == 1
    assert entry.status == "expired"
