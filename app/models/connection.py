"""A connection: a company's own keys at one provider."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Key, Sealed
from app.core.extensions import db
from app.models.base import CompanyOwned, Named, Timed, owned_args


class Connection(CompanyOwned, Named, Timed, db.Model):
    """Its id stands in the webhook address, so that the right key checks the signature."""

    __tablename__ = "connections"
    __table_args__ = owned_args(Index("ix_connections_company_provider", "company_id", "provider"))

    provider: Mapped[str] = mapped_column(Key(32))
    label: Mapped[str | None] = mapped_column(String(80))
    # the provider's API key; for Retell it also signs the webhooks
    api_key: Mapped[str | None] = mapped_column(Sealed)
    # what signs the webhooks where that is a secret of its own (Twilio's auth token, Cal.com's secret)
    webhook_secret: Mapped[str | None] = mapped_column(Sealed)
    is_active: Mapped[bool] = mapped_column(default=True)
