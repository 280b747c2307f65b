"""A feature flag, for all companies or for one."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.extensions import db


class FeatureFlag(db.Model):
    __tablename__ = "feature_flags"
    __table_args__ = (UniqueConstraint("name", "company_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(AsciiString(64))
    # empty: all companies
    company_id: Mapped[str] = mapped_column(Id, default="")
    is_enabled: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
