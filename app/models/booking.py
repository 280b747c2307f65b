"""A booking: a customer's appointment, and the history of its changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from app.core.calendar_scope import InCalendar
from app.core.clock import now
from app.core.column_types import AsciiString, BigId, CaseSensitiveString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

STATUSES = ("held", "pending", "confirmed", "cancelled", "no_show", "done")
# these statuses occupy the time; `held` is a hold's status in the API
ACTIVE_STATUSES = ("pending", "confirmed")
SOURCES = ("call", "api", "web", "calcom", "link", "simulator")


class Booking(CompanyOwned, InCalendar, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "bookings"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("service_id", "services"),
        company_foreign_key("staff_id", "staff_members"),
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("call_id", "calls"),
        company_foreign_key("session_id", "group_sessions"),
        CheckConstraint("ends_at > starts_at", name="stretch"),
        UniqueConstraint("company_id", "source_ref"),
        UniqueConstraint("company_id", "idempotency_key"),
        Index("ix_bookings_company_time", "company_id", "starts_at", "id"),
        Index("ix_bookings_company_ends", "company_id", "ends_at"),
        Index("ix_bookings_company_branch_time", "company_id", "branch_id", "starts_at"),
        Index("ix_bookings_company_staff_time", "company_id", "staff_id", "starts_at"),
        Index("ix_bookings_company_status_time", "company_id", "status", "starts_at"),
        Index("ix_bookings_company_customer", "company_id", "customer_id", "starts_at"),
        Index("ix_bookings_company_call", "company_id", "call_id"),
        Index("ix_bookings_company_visit", "company_id", "visit_id"),
        Index("ix_bookings_company_series", "company_id", "series_id", "starts_at"),
        Index("ix_bookings_company_session", "company_id", "session_id"),
        Index("ix_bookings_company_contact_phone", "company_id", "contact_phone"),
        Index("ix_bookings_company_contact_email", "company_id", "contact_email"),
    )

    branch_id: Mapped[str] = mapped_column(Id)
    service_id: Mapped[str] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    status: Mapped[str] = mapped_column(AsciiString(16), default="confirmed")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # the branch's time zone at creation, in which the customer knows the time
    timezone: Mapped[str] = mapped_column(AsciiString(64))
    seats: Mapped[int] = mapped_column(default=1)
    # the group appointment whose seats it takes
    session_id: Mapped[str | None] = mapped_column(Id)
    # bookings of one visit (several services one after the other) and of one series share these
    visit_id: Mapped[str | None] = mapped_column(Id)
    series_id: Mapped[str | None] = mapped_column(Id)
    source: Mapped[str] = mapped_column(AsciiString(16))
    # idempotency key: the source and its event; the same event creates one booking
    source_ref: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    idempotency_key: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    # of the request that came with the key: with another one the key is refused
    request_hash: Mapped[str | None] = mapped_column(AsciiString(64))
    price_cents: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(Text)
    # contact for this booking only, given by a caller not verified enough to change the customer's record
    contact_phone: Mapped[str | None] = mapped_column(CaseSensitiveString(20))
    contact_email: Mapped[str | None] = mapped_column(CaseSensitiveString(190))
    # codes of the reasons against it that the desk ignored (domain/bookings/override)
    overridden: Mapped[list[str] | None] = mapped_column(Json)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # when the customer said by a link or an answer that they will come to this time
    customer_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # incremented by every change; an edit names the version it is based on
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_STATUSES

    @property
    def is_upcoming(self) -> bool:
        return self.is_active and self.starts_at > now()

    @classmethod
    def active(cls) -> ColumnElement[bool]:
        """The condition for bookings that occupy their time."""
        return cls.status.in_(ACTIVE_STATUSES)

    @classmethod
    def upcoming(cls) -> ColumnElement[bool]:
        """The condition for active bookings that have not begun."""
        return and_(cls.active(), cls.starts_at > now())

    @property
    def occupant(self) -> str:
        """The holder id of its slot locks on people and rooms; the parts of a visit share one."""
        return self.visit_id or self.id


class BookingChange(CompanyOwned, db.Model):
    """One entry of a booking's history: actor, channel, change and reason; rows are append-only."""

    __tablename__ = "booking_changes"
    __table_args__ = company_table_args(
        company_foreign_key("booking_id", "bookings"),
        Index("ix_booking_changes_booking", "company_id", "booking_id", "id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    booking_id: Mapped[str] = mapped_column(Id)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # made, confirmed, acknowledged (by the customer), moved, edited, cancelled, no_show, done
    action: Mapped[str] = mapped_column(AsciiString(16))
    # caller, user, program, calendar, system; and its id
    actor_type: Mapped[str] = mapped_column(AsciiString(16))
    actor_id: Mapped[str | None] = mapped_column(CaseSensitiveString(64))
    channel: Mapped[str] = mapped_column(AsciiString(16))
    reason: Mapped[str | None] = mapped_column(String(250))
    # old and new values of the changed fields
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int]


class BookingLink(CompanyOwned, db.Model):
    """A link to a caller's own booking page; only the token's hash is stored."""

    __tablename__ = "booking_links"
    __table_args__ = company_table_args(
        company_foreign_key("booking_id", "bookings"), Index("ix_booking_links_booking", "company_id", "booking_id"), referable=False
    )

    token_hash: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    booking_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
