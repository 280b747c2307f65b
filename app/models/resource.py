"""A resource: a room or device that some services need in addition to a person."""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import CaseSensitiveString, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class Resource(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "resources"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        CheckConstraint("places >= 1", name="places"),
        Index("ix_resources_branch", "company_id", "branch_id"),
    )

    branch_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(80))
    # kind required by services: chair, basin, lift, treatment room …
    kind: Mapped[str] = mapped_column(CaseSensitiveString(40))
    # seats for a group
    places: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)
