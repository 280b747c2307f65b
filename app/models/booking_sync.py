"""How a booking stands in the company's calendar elsewhere, and under what names it has stood there."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

SYNC_STATUSES = ("pending", "synced", "failed", "conflict")


class BookingSync(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Written with the change of the booking; its id stands there as our own mark (`ref`), by which the booking is found again."""

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
    # pending: to be told there · synced · failed: it will not take it · conflict: one of the two calendars has no room for it
    status: Mapped[str] = mapped_column(AsciiString(16), default="pending")
    # make, move, cancel, confirm: what is to be done there, or was done last
    action: Mapped[str] = mapped_column(AsciiString(8))
    # why it waits, failed or is in conflict, as a code that the page turns into a sentence; and the vendor's words
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    error: Mapped[str | None] = mapped_column(String(500))
    event_type: Mapped[str | None] = mapped_column(CaseSensitiveString(64))
    uid: Mapped[str | None] = mapped_column(CaseSensitiveString(128))

    # the booking's version that is to stand there, and the last one that did
    version: Mapped[int]
    synced_version: Mapped[int | None]
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # not before this time: pauses between tries, and the lease of whoever is at it
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim_token: Mapped[str | None] = mapped_column(Id)
    attempts: Mapped[int] = mapped_column(default=0)
    # since then a request is out of which nobody knows what became: look there before asking again
    first_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # what the booking was before a conflict made it wait
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
    news_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int | None]
