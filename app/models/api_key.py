"""An API key of a company; only its hash is stored."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import HasCreatedAt, HasUlid


class ApiKey(HasUlid, HasCreatedAt, db.Model):
    """Not company-owned for the query filter: the company is determined by the key."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_company", "company_id"),)

    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"))
    name: Mapped[str] = mapped_column(String(80))
    # the first characters, to distinguish keys
    prefix: Mapped[str] = mapped_column(AsciiString(16))
    key_hash: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    # enough for peak load, low enough to stop a runaway loop
    per_minute: Mapped[int] = mapped_column(default=6000)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
