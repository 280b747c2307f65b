"""A consent to marketing messages, the request that it confirms, and the links with which people withdraw it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class MarketingConsent(CompanyOwned, db.Model):
    """An answer of a customer about one address, kept as evidence (Art. 7 (1) GDPR); rows are append-only and the latest one holds."""

    __tablename__ = "marketing_consents"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        CheckConstraint("answer IN ('given', 'withdrawn')", name="answer"),
        Index("ix_marketing_consents_customer", "company_id", "customer_id", "channel", "address"),
        Index("ix_marketing_consents_address", "company_id", "channel", "address"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Id)
    # sms, email
    channel: Mapped[str] = mapped_column(AsciiString(8))
    # E.164, or a mail address in lower case: it holds for no other one
    address: Mapped[str] = mapped_column(CaseSensitiveString(190))
    answer: Mapped[str] = mapped_column(AsciiString(16))
    # desk: noted by the team · page: ticked on the own page, and confirmed · link, stop: in answer to a message
    source: Mapped[str] = mapped_column(AsciiString(16))
    # what was agreed to, word for word, and the beginning of the SHA-256 of its template; None when withdrawn
    wording: Mapped[str | None] = mapped_column(Text)
    wording_version: Mapped[str | None] = mapped_column(AsciiString(16))
    # how the team came by it
    obtained: Mapped[str | None] = mapped_column(String(250))
    # the user who noted it
    author_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ConsentRequest(CompanyOwned, db.Model):
    """A box that was ticked on a public page: no consent until whoever reads messages at the address confirms it by the link.

    What was confirmed is kept as evidence, the rest is deleted once it has expired.
    """

    __tablename__ = "consent_requests"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        UniqueConstraint("token_hash"),
        Index("ix_consent_requests_address", "company_id", "channel", "address", "created_at"),
        Index("ix_consent_requests_created", "created_at"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Id)
    channel: Mapped[str] = mapped_column(AsciiString(8))
    address: Mapped[str] = mapped_column(CaseSensitiveString(190))
    # what was shown beside the box, as in `marketing_consents`
    wording: Mapped[str] = mapped_column(Text)
    wording_version: Mapped[str] = mapped_column(AsciiString(16))
    # of the link in the message
    token_hash: Mapped[str] = mapped_column(AsciiString(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # withdrawn before it was confirmed
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the row of `marketing_consents` that came of it
    consent_id: Mapped[int | None] = mapped_column(BigId)


class WithdrawalLink(CompanyOwned, db.Model):
    """A link in a marketing message; only the token's hash is stored.

    It lasts as long as it may be needed (domain/notifications/marketing_consents).
    """

    __tablename__ = "withdrawal_links"
    __table_args__ = company_table_args(
        Index("ix_withdrawal_links_created", "created_at"),
        referable=False,
    )

    token_hash: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    channel: Mapped[str] = mapped_column(AsciiString(8))
    address: Mapped[str] = mapped_column(CaseSensitiveString(190))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
