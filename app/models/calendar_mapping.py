"""A mapping of a service, optionally of a branch and person, to an event type of an external calendar."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import CaseSensitiveString, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class CalendarMapping(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Used in both directions: outbound by the narrowest mapping of the service, inbound by event type and host."""

    __tablename__ = "calendar_mappings"
    __table_args__ = company_table_args(
        company_foreign_key("connection_id", "connections"),
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        company_foreign_key("staff_id", "staff_members", ondelete="CASCADE"),
        company_foreign_key("branch_id", "branches"),
        UniqueConstraint("company_id", "connection_id", "event_type", "host"),
        Index("ix_calendar_mappings_service", "company_id", "connection_id", "service_id"),
    )

    connection_id: Mapped[str] = mapped_column(Id)
    service_id: Mapped[str] = mapped_column(Id)
    # None: the external calendar chooses the person
    staff_id: Mapped[str | None] = mapped_column(Id)
    # None: all branches
    branch_id: Mapped[str | None] = mapped_column(Id)
    event_type: Mapped[str] = mapped_column(CaseSensitiveString(64))
    # the host's e-mail address, user name or id in the external calendar, lower case; empty: any host of the event type
    host: Mapped[str] = mapped_column(CaseSensitiveString(190), default="")
    # sent only if the event type has no fixed length
    minutes: Mapped[int | None]
    # sent for customers without e-mail address and number, since the external calendar requires a contact
    contact_email: Mapped[str | None] = mapped_column(CaseSensitiveString(190))
