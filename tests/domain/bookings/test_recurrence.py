"""The same visit every few weeks, at the same time on the clock."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.recurrence import Series, cancel_series, create_series
from app.models import Booking
from tests.factories.salons import DESK, Salon, at


def every(salon: Salon, weeks: int, times: int, *parts: str, **order: object) -> Series:
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


def test_the_first_must_be_free(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        create_booking(salon.request("cut:anna"))
    with pytest.raises(SlotTaken):
        every(salon, 1, 3, "cut:anna")
    assert len(db.session.scalars(select(Booking)).all()) == 1


def test_the_same_key_gives_the_same_series(db: SQLAlchemy, salon: Salon) -> None:
    first = every(salon, 1, 3, idempotency_key="weekly")
    again = every(salon, 1, 3, idempotency_key="weekly")
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
    with pytest.raises(InvalidInput):
        every(salon, weeks, times)
