"""Create a booking together with its customer, from a form or the API."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from flask_babel import gettext as _

from app.core.errors import AppError, InvalidInput
from app.core.extensions import db
from app.domain.bookings.allocation import find_plan
from app.domain.bookings.booking_request import BookingRequest, IdempotencyKey, build_slot_query
from app.domain.bookings.create import create_booking, find_idempotent
from app.domain.bookings.errors import BookingError
from app.domain.bookings.history import Actor
from app.domain.bookings.recurrence import BookingSeriesResult, create_series, get_series
from app.domain.customers.contacts import find_or_create_contact, validate_contact
from app.domain.customers.search import list_namesakes
from app.models import Booking, Customer

T = TypeVar("T")


def resolve_request(
    service_id: str,
    *,
    branch_id: str,
    starts_at: datetime,
    source: str,
    actor: Actor,
    name: str,
    staff_id: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    notes: str | None = None,
    idempotency_key: IdempotencyKey | None = None,
    notify: bool | None = None,
) -> BookingRequest:
    """Resolve the fields of a form or of the API. Raises InvalidInput with one message per field, for all that are wrong.

    The fields are name, phone, email, service_id, staff_id, branch_id.
    """
    errors: dict[str, str] = {}
    query = _collect_errors(
        errors, lambda: build_slot_query(service_id, since=starts_at, until=starts_at, staff_id=staff_id, branch_id=branch_id)
    )
    customer = _collect_errors(errors, lambda: validate_contact(name, number=phone, email=email))
    if query is None or customer is None:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=errors)
    return BookingRequest(
        query.parts, starts_at, branch_id, source, actor,
        customer=customer, notes=notes, idempotency_key=idempotency_key, max_gap=query.max_gap, notify=notify,
    )  # fmt: skip


def _collect_errors(errors: dict[str, str], check: Callable[[], T]) -> T | None:
    try:
        return check()
    except InvalidInput as error:
        errors.update(cast("dict[str, str]", error.data.get("fields", {})))
        return None


class _DuplicateBooking(Exception):
    """A concurrent request with the same key won: this one's rows are rolled back, its customer included."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking


class NamesakesFound(AppError):
    """Somebody of this name is on record, with other contact data: whether it is them is for people to say."""

    status = 409
    code = "namesakes"

    def __init__(self, customers: list[Customer]) -> None:
        super().__init__(_("Jemand mit diesem Namen steht schon in der Kartei."))
        self.customers = customers


def require_known_person(request: BookingRequest) -> None:
    """Raise NamesakesFound where the booking would make a second record of a name; not for the same request again."""
    if request.customer is None or request.customer_id or find_idempotent(request):
        return
    if namesakes := list_namesakes(request.customer):
        raise NamesakesFound(namesakes)


def create_customer_booking(request: BookingRequest) -> Booking:
    """As create_customer_series, for one visit."""
    return create_customer_series(request).bookings[0]


def create_customer_series(request: BookingRequest, *, every_weeks: int = 1, times: int = 1) -> BookingSeriesResult:
    """Find or create the request's customer and book: `times` bookings, one every `every_weeks` weeks. Call inside a transaction.

    The same request with the same idempotency key creates one booking. Raises the errors of create_booking.
    """
    if first := find_idempotent(request):
        return get_series(first)
    try:
        with db.session.begin_nested():
            return _book_with_customer(request, every_weeks, times)
    except _DuplicateBooking as duplicate:
        return get_series(duplicate.booking)


def check_bookable(request: BookingRequest) -> None:
    """Raise what create_customer_booking would raise now, and write nothing; serves as a read-only check while a write waits."""
    try:
        find_plan(request, request.build_query())
    except BookingError:
        # the conflict may be the booking of this same request
        if find_idempotent(request) is None:
            raise


def _book_with_customer(request: BookingRequest, every_weeks: int, times: int) -> BookingSeriesResult:
    assert request.customer is not None
    customer = find_or_create_contact(request.customer, request.customer_id)
    request = replace(request, customer_id=customer.id)
    is_series = times > 1
    series = (
        create_series(request, every_weeks=every_weeks, times=times)
        if is_series
        else BookingSeriesResult("", [create_booking(request)], [])
    )
    if series.bookings[0].customer_id != customer.id:
        raise _DuplicateBooking(series.bookings[0])
    return series
