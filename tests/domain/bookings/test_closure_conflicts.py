"""Closures in which appointments still stand are counted as their lists show them."""

from datetime import date, datetime

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy

from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.closure_conflicts import list_conflicts, list_open_closures
from app.domain.bookings.create import create_booking
from app.domain.scheduling.hours_editor import add_closure
from app.models import Booking, Branch, Closure
from tests.factories.salon import DESK, Salon


@pytest.fixture
def bookings(salon: Salon) -> list[Booking]:
    """Wednesdays and a Friday of Anna's in Mitte."""
    starts = ("2026-05-13T10:00", "2026-05-13T14:00", "2026-05-20T14:00", "2026-05-22T10:00")
    with transaction():
        return [create_booking(salon.request("cut:anna", starts=start)) for start in starts]


def _close(salon: Salon, *span: datetime, staff: str | None = None, branch: str | None = None, **more: object) -> Closure:
    with transaction():
        return add_closure(
            salon.branches[branch] if branch else None, salon.people[staff] if staff else None, starts=span[0], ends=span[1],
            kind="sick" if staff else "closure", **more,  # type: ignore[arg-type]
        )  # fmt: skip


def test_the_count_is_that_of_the_list(salon: Salon, bookings: list[Booking]) -> None:
    afternoon = (datetime(2026, 5, 13, 12), datetime(2026, 5, 13, 18))
    closures = [
        _close(salon, datetime(2026, 5, 13), datetime(2026, 5, 14), staff="anna"),
        _close(salon, datetime(2026, 5, 13), datetime(2026, 5, 14), staff="ben"),
        _close(salon, datetime(2026, 5, 13), datetime(2026, 5, 14), branch="mitte"),
        _close(salon, datetime(2026, 5, 13), datetime(2026, 5, 14), branch="pankow"),
        _close(salon, *afternoon, repeats="weekly"),
        _close(salon, *afternoon, repeats="weekly", until=date(2026, 5, 15)),
        _close(salon, datetime(2026, 5, 13, 10, 30), datetime(2026, 5, 13, 14)),
        _close(salon, datetime(2025, 5, 22), datetime(2025, 5, 23), repeats="yearly"),
    ]
    found = {row.closure.id: row.booking_count for row in list_open_closures(list(salon.branches.values()))}
    assert [found.get(closure.id, 0) for closure in closures] == [len(list_conflicts(closure)) for closure in closures]
    assert [found.get(closure.id, 0) for closure in closures] == [2, 0, 2, 0, 2, 1, 0, 1]


def test_what_is_cancelled_or_over_stands_no_more(db: SQLAlchemy, salon: Salon, bookings: list[Booking]) -> None:
    closure = _close(salon, datetime(2026, 5, 13), datetime(2026, 5, 14), staff="anna")
    _close(salon, datetime(2026, 4, 1), datetime(2026, 4, 2), staff="anna")
    for booking in bookings[:2]:
        assert [row.closure.id for row in list_open_closures([salon.branches["mitte"]])] == [closure.id]
        with transaction():
            cancel_booking(booking.id, DESK)
    assert list_open_closures([salon.branches["mitte"]]) == []
    assert list_conflicts(closure) == []


def test_what_is_over_is_not_counted_while_the_rest_of_the_day_is(
    salon: Salon, bookings: list[Booking], present: time_machine.Traveller
) -> None:
    closure = _close(salon, datetime(2026, 5, 13), datetime(2026, 5, 14), staff="anna")
    for clock, left in (("10:20", 2), ("10:30", 1), ("14:30", 0)):
        present.move_to(f"2026-05-13T{clock}:00+02:00")
        assert list_conflicts(closure) == bookings[2 - left : 2]
        assert sum(row.booking_count for row in list_open_closures([salon.branches["mitte"]])) == left


def test_a_day_is_the_day_of_the_branch(db: SQLAlchemy, salon: Salon, bookings: list[Booking]) -> None:
    """At ten in Berlin it is one in the morning in Los Angeles, and eight in the evening in Auckland."""
    closure = _close(salon, datetime(2026, 5, 13, 9), datetime(2026, 5, 13, 11), staff="anna")
    for zone, count in (("Europe/Berlin", 1), ("America/Los_Angeles", 0), ("Pacific/Auckland", 0)):
        with transaction():
            db.session.get_one(Branch, salon.branches["mitte"]).timezone = zone
        assert sum(row.booking_count for row in list_open_closures([salon.branches["mitte"]])) == count, zone
        assert len(list_conflicts(closure)) == count


def test_only_the_branches_that_are_asked_for_count(salon: Salon, bookings: list[Booking]) -> None:
    _close(salon, datetime(2026, 5, 13), datetime(2026, 5, 14), staff="anna")
    assert list_open_closures([salon.branches["pankow"]]) == []
    assert list_open_closures([]) == []
