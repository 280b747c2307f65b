"""A branch: one location of a company, with its own time zone, hours and numbers."""

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
    # two letters of the federal state (BE, BY, HH …), for its public holidays
    state: Mapped[str | None] = mapped_column(AsciiString(8))
    # keys of the holidays of some municipalities that apply here (domain/scheduling/holidays); None: what is known of the city
    local_holidays: Mapped[list[str] | None] = mapped_column(Json)
    timezone: Mapped[str] = mapped_column(AsciiString(64), default="Europe/Berlin")
    # E.164; calls are transferred to it when a caller asks for a person
    forward_number: Mapped[str | None] = mapped_column(AsciiString(20))
    # emergency phrases of this branch, in addition to the general ones
    emergency_phrases: Mapped[list[str] | None] = mapped_column(Json)
    # where answers to its mails go; None: as in the company
    reply_email: Mapped[str | None] = mapped_column(String(190))
    is_active: Mapped[bool] = mapped_column(default=True)
