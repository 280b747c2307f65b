"""Reports of browsers about errors on our pages: one row per kind and day, with a count."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, CaseSensitiveString, UtcDateTime
from app.core.extensions import db


class BrowserReport(db.Model):
    __tablename__ = "browser_reports"
    __table_args__ = (Index("ix_browser_reports_last", "last_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # hash of the day and the fields below: a repeated report only raises the count
    fingerprint: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    # csp-violation, deprecation, intervention …
    kind: Mapped[str] = mapped_column(CaseSensitiveString(32))
    # path without its ids
    page: Mapped[str] = mapped_column(CaseSensitiveString(190))
    # the directive of the policy, or the browser's id of the report
    rule: Mapped[str] = mapped_column(CaseSensitiveString(64))
    # origin and path of the blocked resource, or its keyword (inline, eval)
    blocked: Mapped[str] = mapped_column(CaseSensitiveString(190))
    report_count: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
