"""A mapping: which of our services, by whom, is which event type of a calendar elsewhere."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import CaseSensitiveString, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class CalendarMapping(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Read both ways: a booking here goes out by the narrowest mapping of its service, one from there comes in by event type and host."""

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
    # None: whoever the other calendar chooses
    staff_id: Mapped[str | None] = mapped_column(Id)
    # None: at any of them
    branch_id: Mapped[str | None] = mapped_column(Id)
    event_type: Mapped[str] = mapped_column(CaseSensitiveString(64))
    # the person's e-mail address, user name or number there, lower case; empty: any host of the event type
    host: Mapped[str] = mapped_column(CaseSensitiveString(190), default="")
    # sent only where the event type leaves its length open
    minutes: Mapped[int | None]
    # given for customers who left neither address nor number: the other calendar wants to reach somebody
    contact_email: Mapped[str | None] = mapped_column(CaseSensitiveString(190))
