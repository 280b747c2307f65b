"""The waitlist: customers waiting for a free time, and the offers made to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class WaitlistEntry(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "waitlist_entries"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("service_id", "services"),
        company_foreign_key("staff_id", "staff_members"),
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("call_id", "calls"),
        CheckConstraint("window_until > window_from", name="window"),
        Index("ix_waitlist_entries_match", "company_id", "status", "service_id", "created_at"),
    )

    customer_id: Mapped[str] = mapped_column(Id)
    service_id: Mapped[str] = mapped_column(Id)
    # none: any
    branch_id: Mapped[str | None] = mapped_column(Id)
    staff_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    window_from: Mapped[datetime] = mapped_column(UtcDateTime)
    window_until: Mapped[datetime] = mapped_column(UtcDateTime)
    # earliest and latest start, in minutes after local midnight
    day_from: Mapped[int] = mapped_column(SmallInteger, default=0)
    day_until: Mapped[int] = mapped_column(SmallInteger, default=1440)
    # contact for this entry only, as with a booking
    contact_phone: Mapped[str | None] = mapped_column(CaseSensitiveString(20))
    contact_email: Mapped[str | None] = mapped_column(CaseSensitiveString(190))
    # waiting, offered, booked, expired, withdrawn
    status: Mapped[str] = mapped_column(AsciiString(16), default="waiting")


class WaitlistOffer(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """A free time, reserved for one entry until the offer expires."""

    __tablename__ = "waitlist_offers"
    __table_args__ = company_table_args(
        company_foreign_key("entry_id", "waitlist_entries"),
        company_foreign_key("hold_id", "holds"),
        company_foreign_key("booking_id", "bookings"),
        Index("ix_waitlist_offers_entry", "company_id", "entry_id"),
        Index("ix_waitlist_offers_expiry", "status", "expires_at"),
    )

    entry_id: Mapped[str] = mapped_column(Id)
    hold_id: Mapped[str] = mapped_column(Id)
    booking_id: Mapped[str | None] = mapped_column(Id)
    token_hash: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    # offered, accepted, declined, expired
    status: Mapped[str] = mapped_column(AsciiString(16), default="offered")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
