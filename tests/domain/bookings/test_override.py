"""The desk books what is not free, in the open: with all that stands against it, twice only where it must, and never for callers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.day_schedule import load_day_schedule
from app.domain.bookings.errors import BookingError, SlotTaken
from app.domain.bookings.history import Actor
from app.domain.bookings.override import OVERRIDABLE_CODES
from app.domain.bookings.recurrence import create_series
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.scheduling.hours_editor import add_closure
from app.models import Booking, BookingChange, GroupSession, SlotLock
from tests.factories.salon import CALLER, DESK, Salon, at, make_salon

EVERYTHING = frozenset(OVERRIDABLE_CODES)
TUESDAY = "2026-05-12"


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


def _book(salon: Salon, *parts: str, starts: str = f"{TUESDAY}T10:00", **changes: Any) -> Booking:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(*parts, starts=starts, **{"actor": DESK, "source": "web"} | changes))


def _refuse(salon: Salon, *parts: str, starts: str = f"{TUESDAY}T10:00", **changes: Any) -> BookingError:
    with pytest.raises(BookingError) as refused:
        _book(salon, *parts, starts=starts, **changes)
    return refused.value


def _read(db: SQLAlchemy, salon: Salon, booking: Booking) -> Booking:
    db.session.rollback()
    with company_scope(salon.company_id):
        return db.session.get_one(Booking, booking.id)


@pytest.mark.parametrize(
    ("starts", "codes"),
    [
        ("2026-05-04T07:30", ("in_the_past", "closed")),
        ("2026-05-02T10:00", ("in_the_past",)),
        (f"{TUESDAY}T20:00", ("closed",)),
        (f"{TUESDAY}T17:45", ("closed",)),
        ("2026-05-14T10:00", ("holiday",)),
        ("2026-05-13T10:00", ("closure",)),
        ("2026-05-15T10:00", ("nobody_on_shift",)),
        ("2028-05-16T10:00", ("too_far",)),
    ],
)
def test_all_that_stands_against_a_booking_is_told_and_may_be_ignored(
    db: SQLAlchemy, salon: Salon, starts: str, codes: tuple[str, ...]
) -> None:
    with company_scope(salon.company_id), transaction():
        day = at("2026-05-13T00:00").replace(tzinfo=None)
        add_closure(salon.branches["mitte"], None, starts=day, ends=day + timedelta(days=1), kind="closure")
        vacation = at("2026-05-15T02:00").replace(tzinfo=None)
        add_closure(None, salon.people["anna"], starts=vacation, ends=vacation + timedelta(hours=20), kind="vacation")
    refused = _refuse(salon, "cut:anna", starts=starts)
    assert tuple(code for code, _sentence in refused.overridable) == codes
    assert all(sentence for _code, sentence in refused.overridable)
    # what was seen must be all of it
    assert _refuse(salon, "cut:anna", starts=starts, accepted=frozenset(codes[1:])).overridable == refused.overridable
    booking = _read(db, salon, _book(salon, "cut:anna", starts=starts, accepted=frozenset(codes), note="Laufkundschaft"))
    assert (booking.starts_at, booking.overridden, booking.status) == (at(starts), list(codes), "confirmed")
    with company_scope(salon.company_id):
        change = db.session.scalars(select(BookingChange).where(BookingChange.booking_id == booking.id)).one()
    assert (change.action, change.reason, change.after["overridden"]) == ("made", "Laufkundschaft", list(codes))


def test_a_time_is_given_twice_and_each_is_free_again_when_it_is_cancelled(db: SQLAlchemy, salon: Salon) -> None:
    first = _book(salon, "cut:anna")
    assert _refuse(salon, "cut:anna").overridable == (("booked", "Anna Lindgren hat dann schon einen Termin."),)
    second = _book(salon, "cut:anna", starts=f"{TUESDAY}T10:15", accepted=frozenset({"booked"}))
    # both chairs are taken by now
    third = _book(salon, "cut:anna", accepted=frozenset({"booked", "room_taken"}))
    assert [_read(db, salon, each).overridden for each in (first, second, third)] == [None, ["booked"], ["booked", "room_taken"]]
    for cancelled, left in ((first, 2), (third, 1)):
        with company_scope(salon.company_id), transaction():
            cancel_booking(cancelled.id, DESK)
        with pytest.raises(SlotTaken):
            _book(salon, "cut:anna", starts=f"{TUESDAY}T10:15", actor=CALLER)
        with company_scope(salon.company_id):
            assert len(set(db.session.scalars(select(SlotLock.holder_id)))) == left
    with company_scope(salon.company_id), transaction():
        cancel_booking(second.id, DESK)
    assert _book(salon, "cut:anna", actor=CALLER).overridden is None


def test_who_is_free_is_taken_before_anybody_is_overbooked(db: SQLAlchemy, salon: Salon) -> None:
    _book(salon, "cut:anna", starts=f"{TUESDAY}T17:30")
    booking = _book(salon, "cut", starts=f"{TUESDAY}T17:45", accepted=EVERYTHING)
    assert (booking.staff_id, booking.overridden) == (salon.people["ben"], ["closed"])
    # both are taken: whose time is given twice must be said
    assert _refuse(salon, "cut", starts=f"{TUESDAY}T17:50", accepted=EVERYTHING).overridable == ()
    assert _book(salon, "cut:ben", starts=f"{TUESDAY}T17:50", accepted=EVERYTHING).overridden == ["closed", "booked", "room_taken"]


def test_a_room_is_shared_only_where_none_is_free(db: SQLAlchemy, salon: Salon) -> None:
    """Mitte has two chairs."""
    _book(salon, "cut:anna")
    overbooked = _book(salon, "cut:anna", accepted=EVERYTHING)
    assert overbooked.overridden == ["booked"]
    refused = _refuse(salon, "cut:ben")
    assert [code for code, _sentence in refused.overridable] == ["room_taken"]
    assert _book(salon, "cut:ben", accepted=frozenset({"room_taken"})).overridden == ["room_taken"]


def test_a_full_course_gets_a_chair_more_and_loses_it_again(db: SQLAlchemy, salon: Salon) -> None:
    """The hall has three places."""
    visitors = [_book(salon, "yoga:anna") for _visitor in range(3)]
    assert _refuse(salon, "yoga:anna").overridable == (("full", "Alle Plätze sind vergeben."),)
    extra = _book(salon, "yoga:anna", accepted=frozenset({"full"}))
    assert extra.session_id == visitors[0].session_id

    def read_seats() -> tuple[int, int, int]:
        db.session.rollback()
        with company_scope(salon.company_id):
            session = db.session.scalars(select(GroupSession)).one()
            return session.seats, session.seats_taken, session.extra_seats

    assert read_seats() == (4, 4, 1)
    with company_scope(salon.company_id):
        schedule = load_day_schedule(salon.branches["mitte"], at(f"{TUESDAY}T00:00"), at(f"{TUESDAY}T23:00"))
    (course,) = [entry for column in schedule.columns for entry in column.entries]
    assert (len(course.names), course.seats) == (4, 3), "the calendar shows the places there are"
    with company_scope(salon.company_id), transaction():
        cancel_booking(visitors[0].id, DESK)
    assert read_seats() == (3, 3, 0)
    with pytest.raises(SlotTaken):
        _book(salon, "yoga:anna", actor=CALLER)
    with company_scope(salon.company_id), transaction():
        cancel_booking(visitors[1].id, DESK)
    assert read_seats() == (3, 2, 0)
    assert _book(salon, "yoga:anna", actor=CALLER).session_id == extra.session_id


def test_a_visit_of_several_services_is_overbooked_as_a_whole(db: SQLAlchemy, salon: Salon) -> None:
    _book(salon, "cut:ben", starts=f"{TUESDAY}T10:15")
    refused = _refuse(salon, "wash:anna", "cut:ben")
    assert [code for code, _sentence in refused.overridable] == ["booked"]
    visit = _book(salon, "wash:anna", "cut:ben", accepted=frozenset({"booked"}))
    with company_scope(salon.company_id):
        parts = db.session.scalars(select(Booking).where(Booking.visit_id == visit.visit_id).order_by(Booking.starts_at)).all()
    assert [(part.staff_id, part.overridden) for part in parts] == [(salon.people[name], ["booked"]) for name in ("anna", "ben")]


def test_what_somebody_holds_at_this_moment_is_not_given_away(db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        hold = create_hold(salon.request("cut:anna"))
    assert _refuse(salon, "cut:anna", accepted=EVERYTHING).overridable == ()
    assert _book(salon, "cut:anna", actor=CALLER, hold=hold).starts_at == at(f"{TUESDAY}T10:00")
    assert _book(salon, "cut:anna", accepted=EVERYTHING).overridden == ["booked"]


def test_what_is_not_offered_cannot_be_ignored(db: SQLAlchemy, salon: Salon) -> None:
    assert _refuse(salon, "cut:anna", seats=2, accepted=EVERYTHING).overridable == ()


@pytest.mark.parametrize("actor", [CALLER, Actor("program", "api", "key"), Actor("calendar", "calcom"), Actor("system", "waitlist")])
def test_nobody_but_the_desk_may_ignore_anything(salon: Salon, actor: Actor) -> None:
    for starts in ("2026-05-02T10:00", f"{TUESDAY}T20:00"):
        assert _refuse(salon, "cut:anna", starts=starts, actor=actor, accepted=EVERYTHING).overridable == ()


def test_only_the_first_of_a_series_is_booked_all_the_same(db: SQLAlchemy, salon: Salon) -> None:
    _book(salon, "cut:anna", starts="2026-05-19T10:00")
    _book(salon, "cut:anna")
    with company_scope(salon.company_id), transaction():
        request = salon.request("cut:anna", actor=DESK, source="web", accepted=EVERYTHING, note="Stammkundin")
        series = create_series(request, every_weeks=1, times=3)
        assert [booking.overridden for booking in series.bookings] == [["booked"], None]
        assert [starts_at for starts_at, _error in series.rejected] == [at("2026-05-19T10:00")]


def test_a_move_ignores_what_was_seen_and_says_so_until_the_next(db: SQLAlchemy, salon: Salon) -> None:
    _book(salon, "cut:anna", starts=f"{TUESDAY}T11:00")
    mine = _book(salon, "cut:anna")
    with company_scope(salon.company_id):
        with pytest.raises(BookingError) as refused, transaction():
            reschedule_booking(mine.id, DESK, starts_at=at(f"{TUESDAY}T11:15"))
        assert [code for code, _sentence in refused.value.overridable] == ["booked"]
        with transaction():
            reschedule_booking(mine.id, DESK, starts_at=at(f"{TUESDAY}T11:15"), accepted=frozenset({"booked"}), reason="Sie wartet gern")
        assert _read(db, salon, mine).overridden == ["booked"]
        change = db.session.scalars(select(BookingChange).where(BookingChange.action == "moved")).one()
        assert (change.reason, change.after["overridden"]) == ("Sie wartet gern", ["booked"])
        with transaction():
            reschedule_booking(mine.id, DESK, starts_at=at(f"{TUESDAY}T14:00"))
        assert _read(db, salon, mine).overridden is None


def test_whoever_books_the_desk_s_overtime_meanwhile_is_asked_about(db: SQLAlchemy, salon: Salon) -> None:
    """What was seen was a closed time; that it is taken as well was not."""
    _book(salon, "cut:anna", starts=f"{TUESDAY}T20:00", accepted=frozenset({"closed"}))
    refused = _refuse(salon, "cut:anna", starts=f"{TUESDAY}T20:00", accepted=frozenset({"closed"}))
    assert [code for code, _sentence in refused.overridable] == ["closed", "booked"]
