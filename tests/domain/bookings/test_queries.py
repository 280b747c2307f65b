"""Lists of bookings: each condition filters, pages follow each other, and nothing of other customers is among it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy

from app.core.transactions import transaction
from app.domain.bookings import queries
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.queries import BookingSearch
from app.domain.bookings.status import edit_notes
from app.models import Booking, CustomerIdentifier
from tests.factories.salon import DESK, Salon, at, make_customer

# what a search names, and which of the bookings or holds below it finds
SEARCHES: list[tuple[dict[str, Any], str]] = [
    ({}, "ABC"),
    ({"branch": "pankow"}, "B"),
    ({"staff": "ben"}, "BC"),
    ({"branch": "mitte", "staff": "ben"}, "C"),
    ({"since": "2026-05-12T14:00"}, "BC"),
    ({"since": "2026-05-12T14:01"}, "C"),
    ({"until": "2026-05-12T14:00"}, "A"),
    ({"until": "2026-05-12T14:01"}, "AB"),
]


def search_for(salon: Salon, named: dict[str, Any]) -> BookingSearch:
    times = {name: at(named[name]) for name in ("since", "until") if name in named}
    branch_ids = [salon.branches[named["branch"]]] if "branch" in named else []
    return BookingSearch(
        named.get("statuses", ()), branch_ids, salon.people.get(named.get("staff", ""), ""), named.get("customer", ""), **times
    )


def book_three(salon: Salon) -> tuple[dict[str, str], str, str]:
    """Ids by letter; of Mira are A and C, which is cancelled, of Ole is B."""
    mira, ole = make_customer(salon), make_customer(salon, "Ole Thomsen")
    with transaction():
        bookings = {
            "A": create_booking(salon.request("cut:anna", starts="2026-05-12T10:00", customer_id=mira)),
            "B": create_booking(salon.request("cut:ben", starts="2026-05-12T14:00", customer_id=ole, branch_id=salon.branches["pankow"])),
            "C": create_booking(salon.request("cut:ben", starts="2026-05-13T10:00", customer_id=mira)),
        }
        cancel_booking(bookings["C"].id, DESK)
    return {booking.id: letter for letter, booking in bookings.items()}, mira, ole


def letters(rows: list[Any], ids: dict[str, str]) -> str:
    return "".join(ids[row.id] for row in rows)


def test_each_condition_filters_bookings_and_their_count(salon: Salon) -> None:
    ids, mira, ole = book_three(salon)
    searches = [
        *SEARCHES,
        ({"customer": mira}, "AC"),
        ({"customer": ole}, "B"),
        ({"statuses": ["confirmed"]}, "AB"),
        ({"statuses": ["confirmed", "cancelled"]}, "ABC"),
        ({"customer": mira, "statuses": ["confirmed"]}, "A"),
    ]
    for named, found in searches:
        search = search_for(salon, named)
        assert letters(queries.list_bookings(search, limit=10), ids) == found, named
        assert letters(queries.list_bookings(search, limit=10, newest_first=True), ids) == found[::-1], named
        assert queries.count_bookings(search) == (len(found), True), named


def test_each_condition_filters_holds_and_their_count(salon: Salon, present: time_machine.Traveller) -> None:
    with transaction():
        expiring = create_hold(salon.request("cut:anna", starts="2026-05-15T10:00"), minutes=1)
        holds = {
            "A": create_hold(salon.request("cut:anna", starts="2026-05-12T10:00")),
            "B": create_hold(salon.request("cut:ben", starts="2026-05-12T14:00", branch_id=salon.branches["pankow"])),
            "C": create_hold(salon.request("cut:ben", starts="2026-05-13T10:00")),
        }
    present.shift(timedelta(minutes=2))
    ids = {hold.id: letter for letter, hold in holds.items()}
    for named, found in SEARCHES:
        search = search_for(salon, named)
        assert letters(queries.list_holds(search, limit=10), ids) == found, named
        assert queries.count_holds(search) == len(found), named
    assert letters(queries.list_holds(BookingSearch(), limit=1, offset=1), ids) == "B"
    assert queries.find_open_hold(holds["A"].id) == holds["A"]
    assert queries.find_open_hold(expiring.id) is None


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_follow_each_other_where_bookings_begin_together(salon: Salon, newest_first: bool) -> None:
    with transaction():
        for starts in ("2026-05-12T10:00", "2026-05-12T11:00", "2026-05-12T12:00"):
            for part in ("cut:anna", "cut:ben"):
                create_booking(salon.request(part, starts=starts))
    whole = queries.list_bookings(BookingSearch(), limit=10, newest_first=newest_first)
    assert whole == sorted(whole, key=lambda booking: (booking.starts_at, booking.id), reverse=newest_first)
    paged: list[Booking] = []
    while page := queries.list_bookings(BookingSearch(), limit=1, after=paged[-1] if paged else None, newest_first=newest_first):
        paged += page
    assert paged == whole
    assert [
        booking
        for offset in (0, 2, 4)
        for booking in queries.list_bookings(BookingSearch(), limit=2, offset=offset, newest_first=newest_first)
    ] == whole  # fmt: skip


def test_counting_stops_where_it_gets_expensive(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    book_three(salon)
    for most, counted in ((2, (3, False)), (3, (3, True))):
        monkeypatch.setattr(queries, "MAX_COUNTED", most)
        assert queries.count_bookings(BookingSearch()) == counted


def test_a_group_appointment_lists_who_else_comes(salon: Salon) -> None:
    with transaction():
        first, second = create_booking(salon.request("yoga:anna")), create_booking(salon.request("yoga:anna"))
        later = create_booking(salon.request("yoga:anna", starts="2026-05-12T14:00"))
        alone = create_booking(salon.request("cut:ben"))
    assert queries.list_session_bookings(first) == [second]
    assert queries.list_session_bookings(later) == []
    assert queries.list_session_bookings(alone) == []


def test_the_history_is_of_this_booking_newest_first(salon: Salon) -> None:
    with transaction():
        booking, other = create_booking(salon.request("cut:anna")), create_booking(salon.request("cut:ben"))
        for changed in (booking, other):
            edit_notes(changed.id, "Bitte leise", DESK)
    assert [(change.booking_id, change.action) for change in queries.list_changes(booking)] == [
        (booking.id, "edited"), (booking.id, "made"),
    ]  # fmt: skip


def test_customers_and_how_to_reach_them_are_those_of_the_bookings(db: SQLAlchemy, salon: Salon) -> None:
    mira, ole = make_customer(salon), make_customer(salon, "Ole Thomsen")
    with transaction():
        bookings = [create_booking(salon.request("cut:anna", customer_id=mira)), create_booking(salon.request("cut:ben"))]
        for customer_id, kind, value in (
            (mira, "phone", "+491713920050"),
            (mira, "phone", "+491713920051"),
            (mira, "email", "mira@example.org"),
            (ole, "phone", "+491713920052"),
        ):
            db.session.add(CustomerIdentifier(customer_id=customer_id, kind=kind, value=value))
            db.session.flush()
    customers = queries.load_customers(bookings)
    assert {customer_id: customer.name for customer_id, customer in customers.items()} == {mira: "Mira Sommer"}
    assert queries.load_customers(bookings[1:]) == {}
    assert queries.load_identifiers(customers) == {mira: {"phone": "+491713920050", "email": "mira@example.org"}}
    assert queries.load_identifiers([]) == {}
