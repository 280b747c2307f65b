"""The state of a booking's sync to the company's external calendar, and its external events."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

SYNC_STATUSES = ("pending", "synced", "failed", "conflict")


class BookingSync(CompanyOwned, HasUlid, HasCreatedAt, OutboxRow, db.Model):
    """Stored in the transaction of the booking's change; the external event carries its id (`ref`) and is found again by it.

    pending: to be sent · synced · failed: rejected · conflict: one of the two calendars has no room for it.
    """

    __tablename__ = "booking_syncs"
    __table_args__ = company_table_args(
        company_foreign_key("booking_id", "bookings"),
        company_foreign_key("connection_id", "connections"),
        UniqueConstraint("company_id", "booking_id"),
        Index("ix_booking_syncs_due", "status", "due_at"),
        Index("ix_booking_syncs_company_status", "company_id", "connection_id", "status", "due_at"),
    )

    booking_id: Mapped[str] = mapped_column(Id)
    connection_id: Mapped[str] = mapped_column(Id)
    # make, move, cancel, confirm, look: the next call to the external calendar, or the last one
    action: Mapped[str] = mapped_column(AsciiString(8))
    event_type: Mapped[str | None] = mapped_column(CaseSensitiveString(64))
    uid: Mapped[str | None] = mapped_column(CaseSensitiveString(128))

    # the booking's version to sync, and the last one synced
    version: Mapped[int]
    synced_version: Mapped[int | None]
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # since then the result of a request is unknown: the external calendar is read before the request is repeated
    first_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the booking's status before a conflict set it to pending
    previous_status: Mapped[str | None] = mapped_column(AsciiString(16))


class ExternalBooking(CompanyOwned, db.Model):
    """An event of a booking in an external calendar, past or present; a reschedule there creates a new uid."""

    __tablename__ = "external_bookings"
    __table_args__ = company_table_args(
        company_foreign_key("connection_id", "connections"),
        company_foreign_key("sync_id", "booking_syncs"),
        Index("ix_external_bookings_sync", "company_id", "sync_id"),
        Index("ix_external_bookings_status", "company_id", "connection_id", "status"),
        referable=False,
    )

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    connection_id: Mapped[str] = mapped_column(Id, primary_key=True)
    uid: Mapped[str] = mapped_column(CaseSensitiveString(128), primary_key=True)
    # None: no booking of ours belongs to it (not yet, no longer, or refused for lack of a free slot)
    sync_id: Mapped[str | None] = mapped_column(Id)
    # standing, requested (awaits confirmation there), moved (see replaced_by_uid), over, surplus (to be cancelled there),
    # refused (no free slot here), unmapped
    status: Mapped[str] = mapped_column(AsciiString(16))
    replaced_by_uid: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    # the latest change: its time in the external calendar, and its number in the chain of reschedules
    last_event_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int | None]
