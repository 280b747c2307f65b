"""A branch: one place of a company, with its own zone, hours and numbers."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Json
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_table_args


class Branch(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "branches"
    __table_args__ = company_table_args(UniqueConstraint("company_id", "slug"))

    slug: Mapped[str] = mapped_column(AsciiString(64))
    name: Mapped[str] = mapped_column(String(160))
    street: Mapped[str | None] = mapped_column(String(160))
    postcode: Mapped[str | None] = mapped_column(String(16))
    city: Mapped[str | None] = mapped_column(String(80))
    # two letters of the federal state (BE, BY, HH …): its public holidays
    state: Mapped[str | None] = mapped_column(AsciiString(8))
    zone: Mapped[str] = mapped_column(AsciiString(64), default="Europe/Berlin")
    # who takes over when a caller wants a person, E.164
    forward_to: Mapped[str | None] = mapped_column(AsciiString(20))
    # what callers of this place say when it is an emergency, besides what is known everywhere
    emergency_phrases: Mapped[list[str] | None] = mapped_column(Json)
    is_active: Mapped[bool] = mapped_column(default=True)
