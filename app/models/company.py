"""A company: the tenant whose calls, bookings and people nobody else sees."""

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
    # two letters; national forms of phone numbers are read and written for it
    country: Mapped[str] = mapped_column(AsciiString(2), default="DE")
    language: Mapped[str] = mapped_column(AsciiString(8), default="de")
    zone: Mapped[str] = mapped_column(AsciiString(64), default="Europe/Berlin")
    # the federal state in which new branches lie, two letters
    state: Mapped[str | None] = mapped_column(AsciiString(8))
    is_active: Mapped[bool] = mapped_column(default=True)
    # from which rung on callers may {hear, change, cancel}; what is not named is as customers/certainty has it
    caller_rights: Mapped[dict[str, Any] | None] = mapped_column(Json)
