"""A company's own text of a message: one version of it, for the company, a branch, a service, or a service in a branch."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class MessageTemplateVersion(CompanyOwned, db.Model):
    """Rows are kept; the current one of its scope applies. Without a body it says that the next wider scope applies again."""

    __tablename__ = "message_template_versions"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches", ondelete="CASCADE"),
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        # named by hand, since the rule's name is longer than MariaDB allows
        UniqueConstraint("company_id", "name", "language", "scope", "version", name="uq_message_template_versions_version"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # a name of domain/notifications/message_templates
    name: Mapped[str] = mapped_column(AsciiString(32))
    language: Mapped[str] = mapped_column(AsciiString(8))
    # "company", "<branch>", "<service>" or "<branch>:<service>": the ids below in one key
    scope: Mapped[str] = mapped_column(AsciiString(64))
    branch_id: Mapped[str | None] = mapped_column(Id)
    service_id: Mapped[str | None] = mapped_column(Id)
    # from 1, one more with each change
    version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    # with variables by their names: "Your {what} on {when}"
    title: Mapped[str | None] = mapped_column(String(160))
    body: Mapped[str | None] = mapped_column(Text)
    # the user who wrote it
    author_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
