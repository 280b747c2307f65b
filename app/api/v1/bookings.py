"""GET and POST /bookings, GET and PATCH /bookings/{id}, POST /bookings/{id}/cancel"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from flask import Blueprint, g, request
from flask_babel import gettext as _
from pydantic import BaseModel, Field

from app.api.operation import get_offset, hash_body, operation
from app.api.query_params import Instant, PageQuery
from app.core.concurrency_limiter import run_with_write_slot
from app.core.errors import InvalidInput
from app.domain.bookings import queries
from app.domain.bookings.booking_request import IdempotencyKey
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create_with_customer import check_bookable, create_customer_booking, resolve_request
from app.domain.bookings.history import Actor
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import get_booking
from app.models import Booking
from app.serializers.booking import BookingItem, BookingList, Status, build_booking_item, build_hold_item

MAX_KEY_LENGTH = 100
NOT_FOUND_MESSAGE = (404, "The booking is unknown.")

blueprint = Blueprint("api_bookings", __name__, url_prefix="/api/v1")


class BookingQuery(PageQuery):
    status: Status | None = Field(None, description="held: times that are kept while somebody decides.")
    since: Instant | None = Field(None, alias="from", description="Beginning at this time or later.")
    until: Instant | None = Field(None, alias="to", description="Beginning before this time; a day counts to its end.")
    branch_id: str | None = None
    staff_id: str | None = None
    customer_id: str | None = None


NOTIFY = Field(None, description="Whether the customer is told. Without: as the company's rules say.")
Text = Annotated[str, Field(max_length=2000)]
Name = Annotated[str, Field(max_length=160)]


class NewCustomer(BaseModel):
    name: Name
    phone: Annotated[str, Field(max_length=60)] | None = Field(None, description="E.164, or as people write it.")
    email: Annotated[str, Field(max_length=190)] | None = None


class NewBooking(BaseModel):
    service_id: str
    branch_id: str
    staff_id: str | None = Field(None, description="Without: whoever is free, in the company's order.")
    starts_at: Instant
    customer: NewCustomer
    notes: Text | None = None
    notify: bool | None = NOTIFY


class BookingChanges(BaseModel):
    starts_at: Instant | None = None
    staff_id: str | None = None
    notify: bool | None = NOTIFY
    version: int | None = Field(
        None, ge=1, le=2_000_000_000, description="The version that you saw; 409 changed_meanwhile when it is older."
    )


class CancellationRequest(BaseModel):
    reason: Annotated[str, Field(max_length=250)] | None = None
    notify: bool | None = NOTIFY


@blueprint.get("/bookings")
@operation("List bookings", answer=BookingList, scope="bookings:read", query=BookingQuery, description="In the order in which they begin.")
def index(query: BookingQuery) -> BookingList:
    search = queries.BookingSearch(
        statuses=(query.status,) if query.status else (),
        branch_ids=(query.branch_id,) if query.branch_id else (),
        staff_id=query.staff_id or "",
        customer_id=query.customer_id or "",
        since=query.since.begins(g.timezone) if query.since else None,
        until=query.until.ends(g.timezone) if query.until else None,
    )
    offset = get_offset(query.page, query.per_page)
    if query.status == "held":
        items = [build_hold_item(hold) for hold in queries.list_holds(search, limit=query.per_page, offset=offset)]
        total, exact = queries.count_holds(search), True
    else:
        items = _build_items(queries.list_bookings(search, limit=query.per_page, offset=offset))
        is_last = len(items) < query.per_page and (items or not offset)
        total, exact = (offset + len(items), True) if is_last else queries.count_bookings(search)
    return BookingList(items=items, page=query.page, per_page=query.per_page, total=total, total_exact=exact)


@blueprint.get("/bookings/<booking_id>")
@operation("One booking, or a held time", answer=BookingItem, scope="bookings:read", refusals=(NOT_FOUND_MESSAGE,))
def show(booking_id: str) -> BookingItem:
    if hold := queries.find_open_hold(booking_id):
        return build_hold_item(hold)
    return _build_item(get_booking(booking_id))


@blueprint.post("/bookings")
@operation(
    "Make a booking",
    answer=BookingItem,
    scope="bookings:write",
    body=NewBooking,
    status=201,
    headers=(
        (
            "Idempotency-Key",
            "The same key makes the booking once and gets the same answer, however often it is sent. With another body it is refused: "
            "422 idempotency_key_reused.",
        ),
    ),
    refusals=((409, "The time is not free (slot_taken, closed, not_allowed); `alternatives` holds free times near it."),),
)
def make(body: NewBooking) -> BookingItem:
    resolve = partial(
        resolve_request,
        body.service_id,
        branch_id=body.branch_id,
        staff_id=body.staff_id,
        starts_at=_to_utc(body.starts_at),
        source="api",
        actor=_get_actor(),
        name=body.customer.name,
        phone=body.customer.phone,
        email=body.customer.email,
        notes=body.notes,
        idempotency_key=_idempotency_key(),
        notify=body.notify,
    )
    try:
        return _build_item(run_with_write_slot(lambda: create_customer_booking(resolve()), precheck=lambda: check_bookable(resolve())))
    except InvalidInput as error:
        error.data["fields"] = _map_field_names(error.data.get("fields", {}))
        raise


@blueprint.patch("/bookings/<booking_id>")
@operation(
    "Move a booking",
    answer=BookingItem,
    scope="bookings:write",
    body=BookingChanges,
    description="To another time, another person, or both. The parts of a visit move together.",
    refusals=(
        NOT_FOUND_MESSAGE,
        (409, "The time is not free, or somebody changed the booking meanwhile: changed_meanwhile, with `version`."),
    ),
)
def change(booking_id: str, body: BookingChanges) -> BookingItem:
    starts_at = _to_utc(body.starts_at) if body.starts_at else None

    def move() -> Booking:
        return reschedule_booking(
            booking_id, _get_actor(), starts_at=starts_at, staff_id=body.staff_id, version=body.version, notify=body.notify
        )

    return _build_item(run_with_write_slot(move))


@blueprint.post("/bookings/<booking_id>/cancel")
@operation(
    "Cancel a booking",
    answer=BookingItem,
    scope="bookings:write",
    body=CancellationRequest,
    description="The time is free again at once. Cancelling again changes nothing.",
    refusals=(NOT_FOUND_MESSAGE, (409, "It is over already (not_possible).")),
)
def cancel(booking_id: str, body: CancellationRequest) -> BookingItem:
    return _build_item(run_with_write_slot(lambda: cancel_booking(booking_id, _get_actor(), reason=body.reason, notify=body.notify)))


def _map_field_names(fields: dict[str, str]) -> dict[str, str]:
    """Map field names to those of the request body."""
    return {f"customer.{name}" if name in NewCustomer.model_fields else name: sentence for name, sentence in fields.items()}


def _get_actor() -> Actor:
    return Actor("program", "api", g.key.id)


def _to_utc(starts_at: Instant) -> datetime:
    """Convert to UTC; a time without offset is in the business's time zone. Raises InvalidInput for a day without a time."""
    if starts_at.instant is None:
        sentence = _("Das ist keine Zeit nach ISO 8601, zum Beispiel 2026-11-20T09:30:00+01:00.")
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"starts_at": sentence})
    return starts_at.begins(g.timezone).astimezone(ZoneInfo("UTC"))


def _idempotency_key() -> IdempotencyKey | None:
    """Get the idempotency key; those of two API keys never collide. Raises InvalidInput."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > MAX_KEY_LENGTH or not key.isprintable():
        sentence = _("Das ist zu lang, höchstens %(n)s Zeichen.", n=MAX_KEY_LENGTH)
        raise InvalidInput(sentence, fields={"Idempotency-Key": sentence})
    return IdempotencyKey(g.key.id, key, hash_body()) if key else None


def _build_item(booking: Booking) -> BookingItem:
    return _build_items([booking])[0]


def _build_items(bookings: Sequence[Booking]) -> list[BookingItem]:
    customers = queries.load_customers(bookings)
    identifiers = queries.load_identifiers(customers.keys())
    return [
        build_booking_item(booking, customers.get(booking.customer_id or ""), identifiers.get(booking.customer_id or "", {}))
        for booking in bookings
    ]
