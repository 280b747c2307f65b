"""A version of an agent: the draft, the published one, and those before."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class AgentVersion(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """`content` is a document that domain/agents/content reads and checks; once published it is never changed."""

    __tablename__ = "agent_versions"
    __table_args__ = company_table_args(
        company_foreign_key("agent_id", "agents"),
        UniqueConstraint("company_id", "agent_id", "number"),
        # at most one draft and one published version; those before have no standing, and there may be many
        UniqueConstraint("company_id", "agent_id", "status"),
        CheckConstraint("status IN ('draft', 'published')", name="status"),
    )

    agent_id: Mapped[str] = mapped_column(Id)
    # counted from 1; the draft has the one that it will be published as
    number: Mapped[int]
    status: Mapped[str | None] = mapped_column(AsciiString(16))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    # the version that was taken up again, where it is one
    restored_from: Mapped[int | None]
    # rises with every save of the draft, so that two people do not write over each other
    revision: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    saved_by: Mapped[str | None] = mapped_column(Id)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(Id)
