"""A marketing rule: one kind of marketing message that a company has switched on."""

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class MarketingRule(CompanyOwned, db.Model):
    """Without a row the kind is off (domain/marketing/rules)."""

    __tablename__ = "marketing_rules"
    __table_args__ = company_table_args(
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        UniqueConstraint("company_id", "kind", "scope"),
        CheckConstraint("delay >= 0", name="delay"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # a marketing kind of domain/notifications/message_kinds
    kind: Mapped[str] = mapped_column(AsciiString(32))
    # "company", or the id of the service that it is about
    scope: Mapped[str] = mapped_column(AsciiString(32), default="company")
    service_id: Mapped[str | None] = mapped_column(Id)
    # hours after the visit for a review request and the question how it was, weeks for the others, 0 for a birthday
    delay: Mapped[int]
    # where reviews are written
    url: Mapped[str | None] = mapped_column(String(500))
