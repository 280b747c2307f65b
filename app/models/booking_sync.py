"""The state of a booking in the company's external calendar, and the events it is or was there."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

SYNC_STATUSES = ("pending", "synced", "failed", "conflict")


class BookingSync(CompanyOwned, HasUlid, HasCreatedAt, OutboxRow, db.Model):
    """Stored with the change of the booking; its id marks the external event (`ref`), by which the event is found again.

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

    # the booking's version to be synced, and the last one that was
    version: Mapped[int]
    synced_version: Mapped[int | None]
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # since then the result of a request is unknown: the external calendar is read before the request is repeated
    first_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the booking's status before a conflict set it to pending
    previous_status: Mapped[str | None] = mapped_column(AsciiString(16))


class ExternalEvent(CompanyOwned, db.Model):
    """A name under which a booking stands or stood in a calendar elsewhere; a move there gives it a new one."""

    __tablename__ = "external_events"
    __table_args__ = company_table_args(
        company_foreign_key("connection_id", "connections"),
        company_foreign_key("sync_id", "booking_syncs"),
        Index("ix_external_events_sync", "company_id", "sync_id"),
        Index("ix_external_events_status", "company_id", "connection_id", "status"),
        referable=False,
    )

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    connection_id: Mapped[str] = mapped_column(Id, primary_key=True)
    uid: Mapped[str] = mapped_column(CaseSensitiveString(128), primary_key=True)
    # None: there is no booking of ours behind it (not yet, not any more, or it found no room here)
    sync_id: Mapped[str | None] = mapped_column(Id)
    # standing, requested (waits for consent there), moved (see successor), over, surplus (to be cancelled there),
    # refused (no room here), unmapped
    status: Mapped[str] = mapped_column(AsciiString(16))
    successor: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    # the last news of it: when it happened there, and its number in the chain of moves
    last_event_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int | None]
