"""The logo of a company, as its public pages and mails show it."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Blob
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, company_table_args


class CompanyLogo(CompanyOwned, HasCreatedAt, db.Model):
    __tablename__ = "company_logos"
    __table_args__ = company_table_args(UniqueConstraint("company_id"), referable=False)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # SHA-256 of the content, in its address: another picture has another one
    digest: Mapped[str] = mapped_column(AsciiString(64))
    # image/png or image/jpeg
    content_type: Mapped[str] = mapped_column(AsciiString(16))
    # without metadata
    content: Mapped[bytes] = mapped_column(Blob, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
