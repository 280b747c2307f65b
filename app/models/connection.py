"""A connection: a company's own keys at one provider."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, EncryptedString, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_table_args


class Connection(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Its id stands in the webhook address, so that the right key checks the signature."""

    __tablename__ = "connections"
    __table_args__ = company_table_args(Index("ix_connections_company_provider", "company_id", "provider"))

    provider: Mapped[str] = mapped_column(AsciiString(32))
    label: Mapped[str | None] = mapped_column(String(80))
    # the provider's API key; for Retell it also signs the webhooks
    api_key: Mapped[str | None] = mapped_column(EncryptedString)
    # what signs the webhooks where that is a secret of its own (Twilio's auth token, Cal.com's secret)
    webhook_secret: Mapped[str | None] = mapped_column(EncryptedString)
    is_active: Mapped[bool] = mapped_column(default=True)

    # unchecked · checking: somebody is asked now · ok · refused: the provider said no · unreachable: nobody answered
    state: Mapped[str] = mapped_column(AsciiString(16), default="unchecked", server_default="unchecked")
    # why not, as a code that pages turn into a sentence
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    # what was found there: how many numbers, event types …
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # the look that counts: an answer to an older question is about an older key
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # when a look last went well
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
