"""A company: the tenant that owns calls, bookings and people."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Json
from app.core.extensions import db
from app.models.base import HasCreatedAt, HasUlid


class Company(HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "companies"

    slug: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    # a key of domain/companies/industries
    industry: Mapped[str] = mapped_column(AsciiString(32), default="other")
    # two letters; region of phone numbers in national form
    country: Mapped[str] = mapped_column(AsciiString(2), default="DE")
    language: Mapped[str] = mapped_column(AsciiString(8), default="de")
    timezone: Mapped[str] = mapped_column(AsciiString(64), default="Europe/Berlin")
    # two letters; default federal state of new branches
    state: Mapped[str | None] = mapped_column(AsciiString(8))
    # where answers to its mails go; None: to the sender
    reply_email: Mapped[str | None] = mapped_column(String(190))
    is_active: Mapped[bool] = mapped_column(default=True)
    # whether users of the role "staff" see and change the appointments of their colleagues too
    staff_see_all_bookings: Mapped[bool] = mapped_column(default=False)
    # minimum assurance level of callers to {hear, change, cancel}; a missing key follows customers/caller_assurance
    caller_rights: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # a LegalNotice of domain/companies/legal_notice
    legal_notice: Mapped[dict[str, Any] | None] = mapped_column(Json)
