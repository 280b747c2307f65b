"""The same visit every few weeks, at the same time on the clock."""

from datetime import datetime

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.bookings.booking_request import IdempotencyKey
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.recurrence import BookingSeriesResult, cancel_series, continue_series, create_series, list_following
from app.domain.bookings.reschedule import reschedule_booking
from app.models import Booking
from tests.factories.salon import DESK, Salon, at, make_customer


def every(salon: Salon, weeks: int, times: int, *parts: str, **order: object) -> BookingSeriesResult:
    with transaction():
        return create_series(salon.request(*parts or ("cut",), **order), every_weeks=weeks, times=times)


def test_the_clock_stays_when_the_clocks_change(salon: Salon) -> None:
    series = every(salon, 4, 4, starts="2026-09-15T10:00")
    assert [booking.starts_at for booking in series.bookings] == [
        at("2026-09-15T10:00"), at("2026-10-13T10:00"), at("2026-11-10T10:00"), at("2026-12-08T10:00"),
    ]  # fmt: skip
    assert {booking.series_id for booking in series.bookings} == {series.id}
    assert series.rejected == []


def test_a_time_that_cannot_be_had_is_left_out_and_told(salon: Salon) -> None:
    with transaction():
        create_booking(salon.request("cut:anna", starts="2026-05-19T10:00"))
    # 14 May is a holiday, but Tuesdays are not; Anna, who did the first, is booked on the 19th although Ben is free
    series = every(salon, 1, 3, "cut")
    assert [booking.starts_at for booking in series.bookings] == [at("2026-05-12T10:00"), at("2026-05-26T10:00")]
    (when, refused), = series.rejected  # fmt: skip
    assert (when, type(refused)) == (at("2026-05-19T10:00"), SlotTaken)
    assert refused.alternatives.other_staff[0].staff_id == salon.people["ben"]


def test_each_part_of_a_visit_stays_with_whoever_did_it_first(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        create_booking(salon.request("wash:anna", starts="2026-05-12T09:50"))
        create_booking(salon.request("cut:ben", starts="2026-05-12T10:30"))
    series = every(salon, 1, 3, "wash", "cut")
    assert series.rejected == []
    visits = select(Booking).where(Booking.series_id == series.id).order_by(Booking.starts_at)
    people = [booking.staff_id for booking in db.session.scalars(visits)]
    assert people == [salon.people["ben"], salon.people["anna"]] * 3


def test_the_first_must_be_free(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        create_booking(salon.request("cut:anna"))
    with pytest.raises(SlotTaken):
        every(salon, 1, 3, "cut:anna")
    assert len(db.session.scalars(select(Booking)).all()) == 1


def test_the_same_key_gives_the_same_series(db: SQLAlchemy, salon: Salon) -> None:
    key = IdempotencyKey("user", "weekly", "a" * 64)
    first = every(salon, 1, 3, idempotency_key=key)
    again = every(salon, 1, 3, idempotency_key=key)
    assert [booking.id for booking in again.bookings] == [booking.id for booking in first.bookings]
    assert len(db.session.scalars(select(Booking)).all()) == 3


def test_a_series_ends_from_a_day_on(db: SQLAlchemy, salon: Salon) -> None:
    series = every(salon, 1, 3)
    with transaction():
        cancelled = cancel_series(series.id, DESK, since=at("2026-05-15T00:00"), reason="Umzug")
    assert [booking.starts_at for booking in cancelled] == [at("2026-05-19T10:00"), at("2026-05-26T10:00")]
    assert db.session.scalars(select(Booking.status).order_by(Booking.starts_at)).all() == ["confirmed", "cancelled", "cancelled"]


@pytest.mark.parametrize(("weeks", "times"), [(0, 3), (1, 0), (1, 1000), (60, 2)])
def test_a_rhythm_that_makes_no_sense_is_refused(salon: Salon, weeks: int, times: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        every(salon, weeks, times)
    assert refused.value.data["fields"] == {"times": "out_of_range"}


def continue_from(first: Booking, times: int, weeks: int = 1) -> BookingSeriesResult:
    with transaction():
        return continue_series(first.id, DESK, every_weeks=weeks, times=times)


def list_starts(db: SQLAlchemy) -> list[datetime]:
    return list(db.session.scalars(select(Booking.starts_at).where(Booking.active()).order_by(Booking.starts_at)))


def test_continued_course_goes_on_after_its_last_date(db: SQLAlchemy, salon: Salon) -> None:
    customer = make_customer(salon)
    first = every(salon, 1, 3, "yoga", customer_id=customer).bookings[0]
    continued = continue_from(first, 5)
    days = [at(f"2026-05-{day}T10:00") for day in (12, 19, 26)] + [at("2026-06-02T10:00"), at("2026-06-09T10:00")]
    assert list_starts(db) == days
    assert [booking.starts_at for booking in continued.bookings] == days and continued.rejected == []
    continue_from(first, 5)
    assert list_starts(db) == days


def test_continued_series_counts_its_visits_and_not_their_parts(db: SQLAlchemy, salon: Salon) -> None:
    first = every(salon, 1, 2, "wash:anna", "cut:anna", customer_id=make_customer(salon)).bookings[0]
    continue_from(first, 3)
    assert len(list_starts(db)) == 6


def test_series_continued_from_its_middle_counts_from_there(db: SQLAlchemy, salon: Salon) -> None:
    middle = every(salon, 1, 3, "yoga", customer_id=make_customer(salon)).bookings[1]
    continued = continue_from(middle, 3)
    assert [booking.starts_at for booking in continued.bookings] == [
        at("2026-05-19T10:00"), at("2026-05-26T10:00"), at("2026-06-02T10:00"),
    ]  # fmt: skip
    assert len(list_starts(db)) == 4


def test_only_the_same_service_of_the_same_customer_stands_in_the_way(db: SQLAlchemy, salon: Salon) -> None:
    customer = make_customer(salon)
    with transaction():
        first = create_booking(salon.request("yoga:anna", customer_id=customer))
        create_booking(salon.request("yoga:anna", starts="2026-05-19T10:00", customer_id=make_customer(salon, "Ole Thomsen")))
        create_booking(salon.request("cut:ben", starts="2026-05-26T10:00", customer_id=customer))
        cancel_booking(create_booking(salon.request("yoga:anna", starts="2026-06-02T10:00", customer_id=customer)).id, DESK)
    continued = continue_from(first, 4)
    assert (len(continued.bookings), continued.rejected) == (4, [])


def test_cancelled_date_is_replaced_after_the_last(db: SQLAlchemy, salon: Salon) -> None:
    series = every(salon, 1, 3, "yoga", customer_id=make_customer(salon))
    with transaction():
        cancel_booking(series.bookings[1].id, DESK)
    continue_from(series.bookings[0], 3)
    assert list_starts(db) == [at("2026-05-12T10:00"), at("2026-05-26T10:00"), at("2026-06-02T10:00")]


def test_the_dates_that_follow_are_those_of_the_series_that_are_still_to_come(salon: Salon, present: time_machine.Traveller) -> None:
    series, other = every(salon, 1, 5, "wash:anna", "cut:anna"), every(salon, 1, 2, "cut:ben")
    with transaction():
        cancel_booking(series.bookings[3].id, DESK)
        alone = create_booking(salon.request("cut:ben", starts="2026-05-13T10:00"))
    present.move_to("2026-05-13T08:00:00+02:00")
    assert list_following(series.bookings[1]) == [series.bookings[2], series.bookings[4]]
    assert list_following(other.bookings[0]) == [other.bookings[1]]
    assert list_following(alone) == []


def test_moved_date_is_not_booked_again(db: SQLAlchemy, salon: Salon) -> None:
    series = every(salon, 1, 3, "yoga", customer_id=make_customer(salon))
    with transaction():
        reschedule_booking(series.bookings[1].id, DESK, starts_at=at("2026-05-20T11:00"))
    continue_from(series.bookings[0], 4)
    assert list_starts(db) == [at("2026-05-12T10:00"), at("2026-05-20T11:00"), at("2026-05-26T10:00"), at("2026-06-02T10:00")]


def test_date_that_the_customer_has_by_itself_is_left_out(db: SQLAlchemy, salon: Salon) -> None:
    customer = make_customer(salon)
    with transaction():
        first = create_booking(salon.request("yoga", customer_id=customer))
        create_booking(salon.request("yoga", starts="2026-05-26T10:00", customer_id=customer))
    continued = continue_from(first, 4)
    assert [when for when, _error in continued.rejected] == [at("2026-05-26T10:00")]
    assert list_starts(db) == [at(f"2026-05-{day}T10:00") for day in (12, 19, 26)] + [at("2026-06-02T10:00")]
    with transaction():
        create_series(salon.request("yoga", starts="2026-06-09T10:00", customer_id=customer), every_weeks=1, times=2)
    assert len(list_starts(db)) == 6
