"""Notices to the people of a company about their work, and which of them each person wants where."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class StaffNotice(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """One thing that one person is to know. It holds no words: what it says is read from its subject, so nothing has to be erased here."""

    __tablename__ = "staff_notices"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        UniqueConstraint("company_id", "user_id", "cause"),
        CheckConstraint("subject_count >= 1", name="subject_count"),
        Index("ix_staff_notices_unread", "company_id", "user_id", "in_bell", "read_at"),
        Index("ix_staff_notices_created", "created_at"),
    )

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    # none: of the whole company
    branch_id: Mapped[str | None] = mapped_column(Id)
    # a name of domain/staff_notices/notice_kinds
    kind: Mapped[str] = mapped_column(AsciiString(32))
    # what it is about, "booking:<id>"; the first of them where several happened at once
    subject: Mapped[str] = mapped_column(AsciiString(64))
    subject_count: Mapped[int] = mapped_column(SmallInteger, default=1)
    # the start of an appointment as it was then
    appointment_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # idempotency key: one cause gives each person one notice
    cause: Mapped[str] = mapped_column(AsciiString(96))
    # whether it stands in the list; others go by push or mail only
    in_bell: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeSettings(CompanyOwned, db.Model):
    """A person's own choice; without a row, and for kinds that it does not name, the defaults of the role hold."""

    __tablename__ = "notice_settings"
    __table_args__ = company_table_args(referable=False)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    # {kind: [channel]}
    channels: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    # when the daily summary comes, by the clock of the branch; None: never
    digest_hour: Mapped[int | None] = mapped_column(SmallInteger)


class StaffDigest(CompanyOwned, HasCreatedAt, db.Model):
    """That a person's daily summary of this day was made for the branches of this zone, or that there was nothing to tell."""

    __tablename__ = "staff_digests"
    __table_args__ = company_table_args(Index("ix_staff_digests_created", "created_at"), referable=False)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    timezone: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
