"""Bookings and holds as the API returns them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.models import Booking, Customer, Hold
from app.serializers.page import Page

Status = Literal["held", "pending", "confirmed", "cancelled", "no_show", "done"]


class BookingCustomerItem(BaseModel):
    id: str
    name: str | None
    phone: str | None
    email: str | None


class BookingItem(BaseModel):
    id: str
    status: Status
    service_id: str
    staff_id: str
    branch_id: str
    customer: BookingCustomerItem | None
    starts_at: datetime = Field(description="In the zone of the branch.")
    ends_at: datetime
    source: str = Field(description="call, api, web, calcom, link, simulator")
    call_id: str | None = None
    visit_id: str | None = Field(None, description="Shared by the bookings of one visit: several services, one after the other.")
    series_id: str | None = None
    seats: int = 1
    price_cents: int | None = None
    notes: str | None = None
    overridden: list[str] = Field([], description="What stood against it when the front desk booked it all the same: booked, closed …")
    customer_confirmed_at: datetime | None = Field(
        None, description="When the customer said by a message's link or an answer that they will come to this time."
    )
    version: int = Field(1, description="Rises with every change; send it along with PATCH to be told of changes that you have not seen.")
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None = None
    expires_at: datetime | None = Field(None, description="Of a held time: when it is free again.")


class BookingList(Page):
    items: list[BookingItem]
    total_exact: bool = Field(description="False where more are meant than are counted: there are at least `total`.")


def build_booking_item(booking: Booking, customer: Customer | None, identifiers: Mapping[str, str]) -> BookingItem:
    """Build the item of a booking; `identifiers` holds the customer's `phone` and `email`."""
    return BookingItem(
        id=booking.id,
        status=booking.status,  # type: ignore[arg-type]
        service_id=booking.service_id,
        staff_id=booking.staff_id,
        branch_id=booking.branch_id,
        customer=_build_customer(booking, customer, identifiers) if customer else None,
        starts_at=to_local(booking.starts_at, booking.timezone),
        ends_at=to_local(booking.ends_at, booking.timezone),
        source=booking.source,
        call_id=booking.call_id,
        visit_id=booking.visit_id,
        series_id=booking.series_id,
        seats=booking.seats,
        price_cents=booking.price_cents,
        notes=booking.notes,
        overridden=booking.overridden or [],
        customer_confirmed_at=booking.customer_confirmed_at,
        version=booking.version,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
        cancelled_at=booking.cancelled_at,
    )


def build_hold_item(hold: Hold) -> BookingItem:
    """Build the item of a hold in the shape of a booking: no customer yet, but an expiry."""
    return BookingItem(
        id=hold.id,
        status="held",
        service_id=hold.service_id,
        staff_id=hold.staff_id,
        branch_id=hold.branch_id,
        customer=None,
        starts_at=to_local(hold.starts_at, hold.timezone),
        ends_at=to_local(hold.ends_at, hold.timezone),
        source="call" if hold.call_id else "web",
        call_id=hold.call_id,
        created_at=hold.created_at,
        updated_at=hold.created_at,
        expires_at=hold.expires_at,
    )


def _build_customer(booking: Booking, customer: Customer, identifiers: Mapping[str, str]) -> BookingCustomerItem:
    """Build the customer; contacts given for this booking alone take precedence over the record."""
    phone, email = booking.contact_phone or identifiers.get("phone"), booking.contact_email or identifiers.get("email")
    return BookingCustomerItem(id=customer.id, name=customer.name, phone=phone, email=email)


def to_local(instant: datetime, timezone: str) -> datetime:
    return instant.astimezone(ZoneInfo(timezone))
