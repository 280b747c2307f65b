"""A connection: a company's own credentials at one provider."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, EncryptedString, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_table_args


class Connection(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Its id is part of the webhook URL, so that the signature is verified with its key."""

    __tablename__ = "connections"
    __table_args__ = company_table_args(Index("ix_connections_company_provider", "company_id", "provider"))

    provider: Mapped[str] = mapped_column(AsciiString(32))
    label: Mapped[str | None] = mapped_column(String(80))
    # the provider's API key; for Retell it also signs the webhooks
    api_key: Mapped[str | None] = mapped_column(EncryptedString)
    # the webhook secret, if it is separate from the API key (Twilio's auth token, Cal.com's secret)
    webhook_secret: Mapped[str | None] = mapped_column(EncryptedString)
    is_active: Mapped[bool] = mapped_column(default=True)

    # unchecked · checking: in progress · ok · refused: the provider rejected the key · unreachable: no answer
    state: Mapped[str] = mapped_column(AsciiString(16), default="unchecked", server_default="unchecked")
    # reason of the failure, as a code that pages translate
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    # the account's contents: number of phone numbers, event types …
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # id of the latest check: the result of an older one concerns an older key
    check_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # time of the last successful check
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
