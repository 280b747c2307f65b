"""Base of company-owned models: the company column, and references that cannot cross companies."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import Id, UtcDateTime
from app.core.ids import new_ulid
from app.core.tenancy import CompanyScoped

__all__ = ["CompanyOwned", "HasCreatedAt", "HasUlid", "company_foreign_key", "company_table_args"]


class CompanyOwned(CompanyScoped):
    """Rows of one company; core/tenancy filters queries by it."""


class HasUlid:
    """A row with a public id: in URLs, the API and at providers."""

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_ulid)


class HasCreatedAt:
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def company_foreign_key(column: str, table: str, **options: Any) -> ForeignKeyConstraint:
    """A reference to a row of the same company: (company_id, column) → table(company_id, id)."""
    return ForeignKeyConstraint(["company_id", column], [f"{table}.company_id", f"{table}.id"], **options)


def company_table_args(*extra: Any, referable: bool = True) -> tuple[Any, ...]:
    """Table arguments of an owned model: a foreign key to its company, and a unique key for references from the same company."""
    unique = (UniqueConstraint("company_id", "id"),) if referable else ()
    return (ForeignKeyConstraint(["company_id"], ["companies.id"]), *unique, *extra)
