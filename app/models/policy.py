"""A policy: the rules of booking for a company, or what differs for one branch, service or person."""

from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args

RULES = (
    "grid_minutes", "notice_minutes", "horizon_days", "cancel_minutes", "move_minutes", "open_bookings_per_customer",
    "anonymous_callers", "callers_may_book", "needs_confirmation", "observes_holidays", "hold_minutes", "fee_cents", "fee_within_minutes",
    "notify_staff_changes", "notify_self_service_changes", "notify_calendar_changes",
)  # fmt: skip


class Policy(CompanyOwned, db.Model):
    """Rules that are None come from the next wider one: person, service, branch, company, and at last the house's defaults."""

    __tablename__ = "policies"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        company_foreign_key("staff_id", "staff_members", ondelete="CASCADE"),
        UniqueConstraint("company_id", "scope"),
        CheckConstraint("grid_minutes BETWEEN 5 AND 60", name="grid"),
        CheckConstraint("notice_minutes >= 0 AND horizon_days >= 0", name="window"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # "company", or the id that one of the three columns names: one policy for each
    scope: Mapped[str] = mapped_column(AsciiString(32), default="company")
    branch_id: Mapped[str | None] = mapped_column(Id)
    service_id: Mapped[str | None] = mapped_column(Id)
    staff_id: Mapped[str | None] = mapped_column(Id)

    grid_minutes: Mapped[int | None]
    notice_minutes: Mapped[int | None]
    horizon_days: Mapped[int | None]
    # how long before the start callers may still cancel or move by themselves
    cancel_minutes: Mapped[int | None]
    move_minutes: Mapped[int | None]
    open_bookings_per_customer: Mapped[int | None]
    # whether callers with a withheld number may book
    anonymous_callers: Mapped[bool | None]
    # no: only the desk books it
    callers_may_book: Mapped[bool | None]
    # bookings of callers wait as `pending` until somebody confirms them
    needs_confirmation: Mapped[bool | None]
    observes_holidays: Mapped[bool | None]
    hold_minutes: Mapped[int | None]
    # what is owed when cancelled later than so long before the start, or when nobody comes
    fee_cents: Mapped[int | None]
    fee_within_minutes: Mapped[int | None]
    # whether customers get a message when we, they themselves, or a calendar that writes to them anyway changes their booking
    notify_staff_changes: Mapped[bool | None]
    notify_self_service_changes: Mapped[bool | None]
    notify_calendar_changes: Mapped[bool | None]

    def rules(self) -> dict[str, Any]:
        return {name: value for name in RULES if (value := getattr(self, name)) is not None}
