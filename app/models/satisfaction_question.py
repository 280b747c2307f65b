"""The question how a visit was, and its answer."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class SatisfactionQuestion(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Written with its message (domain/marketing/satisfaction)."""

    __tablename__ = "satisfaction_questions"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("booking_id", "bookings"),
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("notification_id", "notifications"),
        UniqueConstraint("token_hash"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        Index("ix_satisfaction_questions_customer", "company_id", "customer_id"),
        Index("ix_satisfaction_questions_booking", "company_id", "booking_id"),
        Index("ix_satisfaction_questions_notification", "company_id", "notification_id"),
        Index("ix_satisfaction_questions_answered", "company_id", "answered_at"),
        referable=False,
    )

    customer_id: Mapped[str] = mapped_column(Id)
    booking_id: Mapped[str] = mapped_column(Id)
    branch_id: Mapped[str] = mapped_column(Id)
    # the message that asks
    notification_id: Mapped[str] = mapped_column(Id)
    # of the link to its page
    token_hash: Mapped[str] = mapped_column(AsciiString(64))
    # 1: bad, 5: very good; None: not answered
    score: Mapped[int | None] = mapped_column(SmallInteger)
    comment: Mapped[str | None] = mapped_column(EncryptedString)
    # sms, page
    source: Mapped[str | None] = mapped_column(AsciiString(8))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
