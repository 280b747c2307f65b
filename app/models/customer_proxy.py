"""Who may act on the telephone for whom: "Mutter darf für Ole verschieben", confirmed once from the person's own phone or mailbox."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class CustomerProxy(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """It allows nothing before `confirmed_at` and nothing after `revoked_at`."""

    __tablename__ = "customer_proxies"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("proxy_id", "customers"),
        UniqueConstraint("token_hash"),
        Index("ix_customer_proxies_customer", "company_id", "customer_id"),
        Index("ix_customer_proxies_proxy", "company_id", "proxy_id"),
        Index("ix_customer_proxies_asked", "company_id", "asked_at"),
    )

    # for whom, and who acts
    customer_id: Mapped[str] = mapped_column(Id)
    proxy_id: Mapped[str] = mapped_column(Id)
    # what the proxy is to the person: "Mutter"
    relation: Mapped[str | None] = mapped_column(String(40))
    may_book: Mapped[bool] = mapped_column(default=False)
    may_change: Mapped[bool] = mapped_column(default=False)
    may_cancel: Mapped[bool] = mapped_column(default=False)
    # the user who noted it
    author_id: Mapped[str | None] = mapped_column(Id)
    # where the person was asked to confirm, and the hash of the link's token
    sent_to: Mapped[str] = mapped_column(CaseSensitiveString(190))
    token_hash: Mapped[str] = mapped_column(AsciiString(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
