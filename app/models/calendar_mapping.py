"""A mapping: which of our services, by whom, is which event type of a calendar elsewhere."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Exact, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, Named, Timed, inside, owned_args


class CalendarMapping(CompanyOwned, Named, Timed, db.Model):
    """Read both ways: a booking here goes out by the narrowest mapping of its service, one from there comes in by event type and host."""

    __tablename__ = "calendar_mappings"
    __table_args__ = owned_args(
        inside("connection_id", "connections"),
        inside("service_id", "services", ondelete="CASCADE"),
        inside("staff_id", "staff_members", ondelete="CASCADE"),
        inside("branch_id", "branches"),
        UniqueConstraint("company_id", "connection_id", "event_type", "host"),
        Index("ix_calendar_mappings_service", "company_id", "connection_id", "service_id"),
    )

    connection_id: Mapped[str] = mapped_column(Id)
    service_id: Mapped[str] = mapped_column(Id)
    # None: whoever the other calendar chooses
    staff_id: Mapped[str | None] = mapped_column(Id)
    # None: at any of them
    branch_id: Mapped[str | None] = mapped_column(Id)
    event_type: Mapped[str] = mapped_column(Exact(64))
    # the person's e-mail address, user name or number there, lower case; empty: any host of the event type
    host: Mapped[str] = mapped_column(Exact(190), default="")
    # sent only where the event type leaves its length open
    minutes: Mapped[int | None]
    # given for customers who left neither address nor number: the other calendar wants to reach somebody
    contact_email: Mapped[str | None] = mapped_column(Exact(190))
