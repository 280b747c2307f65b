"""Books for a customer who is named by name and number: a form at the desk, or a program."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.bookings.allocation import find_way, question_of
from app.domain.bookings.booking_request import Choice, Order, choose
from app.domain.bookings.create import find_same, make_booking
from app.domain.bookings.errors import BookingRefused
from app.domain.bookings.history import By
from app.domain.bookings.recurrence import Series, make_series, series_of
from app.domain.customers.contacts import find_or_create, validate_contact
from app.models import Booking


@dataclass(frozen=True, slots=True)
class BookingWish:
    """What was filled in. The same idempotency key makes one booking."""

    service_id: str
    branch_id: str
    starts_at: datetime
    name: str
    staff_id: str | None = None
    number: str | None = None
    email: str | None = None
    notes: str | None = None
    idempotency_key: str | None = None
    # more than once: every so many weeks
    every_weeks: int = 1
    times: int = 1


class _MadeMeanwhile(Exception):
    """Another request with the same key was faster: what this one has written goes, its customer too."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking


def book_for(wish: BookingWish, *, source: str, by: By) -> Booking:
    """As book_series_for, of a wish for one visit."""
    return book_series_for(wish, source=source, by=by).made[0]


def book_series_for(wish: BookingWish, *, source: str, by: By) -> Series:
    """Finds or makes the customer and books, once or repeated. To be called inside a transaction.

    Raises InvalidInput with one message per field (name, phone, email, service_id, staff_id, branch_id), and what make_booking raises.
    """
    order = _order(wish, source, by)
    if first := find_same(order):
        return series_of(first)
    try:
        with db.session.begin_nested():
            return _with_customer(order, wish)
    except _MadeMeanwhile as meanwhile:
        return series_of(meanwhile.booking)


def check_free(wish: BookingWish, *, source: str, by: By) -> None:
    """Raises what book_for would raise as things stand, and writes nothing: whoever must wait for the write looks here meanwhile."""
    order = _order(wish, source, by)
    try:
        find_way(order, question_of(order))
    except BookingRefused:
        # what stands in the way may be what this very wish has made
        if find_same(order) is None:
            raise


def _with_customer(order: Order, wish: BookingWish) -> Series:
    customer = find_or_create(wish.name, number=wish.number, email=wish.email)
    order = replace(order, customer_id=customer.id)
    series = Series("", [], [])
    if wish.times > 1:
        series = make_series(order, every_weeks=wish.every_weeks, times=wish.times)
    else:
        series.made.append(make_booking(order))
    if series.made[0].customer_id != customer.id:
        raise _MadeMeanwhile(series.made[0])
    return series


def _order(wish: BookingWish, source: str, by: By) -> Order:
    choice = _checked(wish)
    return Order(
        choice.parts, wish.starts_at, wish.branch_id, source, by,
        notes=wish.notes, idempotency_key=wish.idempotency_key, max_gap=choice.max_gap,
    )  # fmt: skip


def _checked(wish: BookingWish) -> Choice:
    """All that is wrong is said at once."""
    wrong: dict[str, str] = {}
    choice = _gather(wrong, lambda: choose(wish.service_id, staff_id=wish.staff_id, branch_id=wish.branch_id))
    _gather(wrong, lambda: validate_contact(wish.name, number=wish.number, email=wish.email))
    if wrong or choice is None:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    return choice


def _gather(wrong: dict[str, str], check: Callable[[], Any]) -> Any:
    try:
        return check()
    except InvalidInput as error:
        wrong.update(error.data.get("fields", {}))
        return None
