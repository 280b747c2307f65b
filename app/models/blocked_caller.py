"""A blocked caller: a number whose calls a company does not take."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import CaseSensitiveString
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_table_args


class BlockedCaller(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "blocked_callers"
    __table_args__ = company_table_args(Index("uq_blocked_callers_number", "company_id", "number", unique=True), referable=False)

    # E.164
    number: Mapped[str] = mapped_column(CaseSensitiveString(20))
    reason: Mapped[str | None] = mapped_column(String(200))
