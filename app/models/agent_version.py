"""A version of an agent: the draft, the published one, or an earlier one."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class AgentVersion(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """`content` is a document parsed and validated by domain/agents/content; once published it never changes."""

    __tablename__ = "agent_versions"
    __table_args__ = company_table_args(
        company_foreign_key("agent_id", "agents"),
        UniqueConstraint("company_id", "agent_id", "number"),
        # unique: at most one draft and one published version; for earlier ones it is NULL, so there may be many
        UniqueConstraint("company_id", "agent_id", "status"),
        CheckConstraint("status IN ('draft', 'published')", name="status"),
    )

    agent_id: Mapped[str] = mapped_column(Id)
    # counted from 1; the draft has the number of its future publication
    number: Mapped[int]
    status: Mapped[str | None] = mapped_column(AsciiString(16))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    # the earlier version that this one restores
    restored_from: Mapped[int | None]
    # incremented by every save of the draft, so that two editors do not overwrite each other
    revision: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    saved_by: Mapped[str | None] = mapped_column(Id)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(Id)
