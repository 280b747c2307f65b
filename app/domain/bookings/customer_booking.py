"""Create a booking together with its customer, from a form or the API."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.bookings.allocation import build_query, find_plan
from app.domain.bookings.booking_request import BookingRequest, VisitSelection, select_visit
from app.domain.bookings.create import create_booking, find_idempotent
from app.domain.bookings.errors import BookingError
from app.domain.bookings.history import Actor
from app.domain.bookings.recurrence import Series, create_series, get_series
from app.domain.customers.contacts import find_or_create, validate_contact
from app.models import Booking


@dataclass(frozen=True, slots=True)
class CustomerBookingForm:
    """The submitted fields. The same idempotency key creates one booking."""

    service_id: str
    branch_id: str
    starts_at: datetime
    name: str
    staff_id: str | None = None
    phone: str | None = None
    email: str | None = None
    notes: str | None = None
    idempotency_key: str | None = None
    # `times` bookings, one every `every_weeks` weeks
    every_weeks: int = 1
    times: int = 1


class _ConcurrentDuplicate(Exception):
    """A concurrent request with the same key won: this one's rows are rolled back, its customer included."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking


def create_customer_booking(form: CustomerBookingForm, *, source: str, actor: Actor) -> Booking:
    """As create_customer_series, for one visit."""
    return create_customer_series(form, source=source, actor=actor).bookings[0]


def create_customer_series(form: CustomerBookingForm, *, source: str, actor: Actor) -> Series:
    """Find or create the customer and book, once or repeated. Call inside a transaction.

    Raises InvalidInput with one message per field (name, phone, email, service_id, staff_id, branch_id), and the errors of create_booking.
    """
    request = _build_request(form, source, actor)
    if first := find_idempotent(request):
        return get_series(first)
    try:
        with db.session.begin_nested():
            return _book_with_customer(request, form)
    except _ConcurrentDuplicate as duplicate:
        return get_series(duplicate.booking)


def check_bookable(form: CustomerBookingForm, *, source: str, actor: Actor) -> None:
    """Raise what create_customer_booking would raise now, and write nothing; serves as a read-only check while a write waits."""
    request = _build_request(form, source, actor)
    try:
        find_plan(request, build_query(request))
    except BookingError:
        # the conflict may be the booking of this same request
        if find_idempotent(request) is None:
            raise


def _book_with_customer(request: BookingRequest, form: CustomerBookingForm) -> Series:
    customer = find_or_create(form.name, number=form.phone, email=form.email)
    request = replace(request, customer_id=customer.id)
    series = Series("", [], [])
    if form.times > 1:
        series = create_series(request, every_weeks=form.every_weeks, times=form.times)
    else:
        series.bookings.append(create_booking(request))
    if series.bookings[0].customer_id != customer.id:
        raise _ConcurrentDuplicate(series.bookings[0])
    return series


def _build_request(form: CustomerBookingForm, source: str, actor: Actor) -> BookingRequest:
    selection = _validate(form)
    return BookingRequest(
        selection.parts, form.starts_at, form.branch_id, source, actor,
        notes=form.notes, idempotency_key=form.idempotency_key, max_gap=selection.max_gap,
    )  # fmt: skip


def _validate(form: CustomerBookingForm) -> VisitSelection:
    """Validate all fields and report every error at once."""
    errors: dict[str, str] = {}
    selection = _collect_errors(errors, lambda: select_visit(form.service_id, staff_id=form.staff_id, branch_id=form.branch_id))
    _collect_errors(errors, lambda: validate_contact(form.name, number=form.phone, email=form.email))
    if errors or selection is None:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=errors)
    return selection


def _collect_errors(errors: dict[str, str], check: Callable[[], Any]) -> Any:
    try:
        return check()
    except InvalidInput as error:
        errors.update(error.data.get("fields", {}))
        return None
