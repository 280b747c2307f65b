"""Links to a booking's own page: they open that booking until it is over, and go with time."""

from datetime import timedelta

import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.self_service_links import LINK_GRACE_PERIOD, create_link, delete_expired_links, extend_links, find_link
from app.models import Booking, BookingLink
from tests.factories.salon import DESK, Salon, at


def book_with_links(salon: Salon, part: str, starts: str) -> tuple[Booking, list[str]]:
    with transaction():
        booking = create_booking(salon.request(part, starts=starts))
        return booking, [create_link(booking) for _link in range(2)]


def test_each_link_opens_its_own_booking_until_it_is_over(salon: Salon, present: time_machine.Traveller) -> None:
    first, links = book_with_links(salon, "cut:anna", "2026-05-12T10:00")
    second, others = book_with_links(salon, "cut:ben", "2026-05-13T10:00")
    assert [(link := find_link(token)) and link.booking_id for token in links + others] == [first.id] * 2 + [second.id] * 2
    assert find_link("a" * 43) is None
    present.move_to(first.ends_at + LINK_GRACE_PERIOD + timedelta(seconds=1))
    assert [find_link(token) is None for token in (links[0], others[0])] == [True, False]


def test_a_moved_booking_takes_its_links_along_and_no_others(salon: Salon, present: time_machine.Traveller) -> None:
    moved, links = book_with_links(salon, "cut:anna", "2026-05-12T10:00")
    stays, others = book_with_links(salon, "cut:ben", "2026-05-12T10:00")
    with transaction():
        reschedule_booking(moved.id, DESK, starts_at=at("2026-05-20T10:00"))
        extend_links(moved)
    present.move_to(stays.ends_at + LINK_GRACE_PERIOD + timedelta(seconds=1))
    assert [find_link(token) is not None for token in links + others] == [True, True, False, False]


def test_only_links_that_open_nothing_any_more_are_deleted(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    early, _links = book_with_links(salon, "cut:anna", "2026-05-12T10:00")
    late, kept = book_with_links(salon, "cut:ben", "2026-05-20T10:00")
    with transaction():
        assert delete_expired_links() == 0
    present.move_to(early.ends_at + LINK_GRACE_PERIOD + timedelta(seconds=1))
    with transaction():
        assert (delete_expired_links(limit=1), delete_expired_links(), delete_expired_links()) == (1, 1, 0)
    assert set(db.session.scalars(select(BookingLink.booking_id))) == {late.id}
    assert all(find_link(token) for token in kept)
