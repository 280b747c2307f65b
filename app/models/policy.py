"""A policy: booking rules of a company, or deviations for one branch, service or person."""

from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args

RULES = (
    "grid_minutes", "notice_minutes", "horizon_days", "cancel_minutes", "move_minutes", "open_bookings_per_customer",
    "anonymous_callers", "callers_may_book", "needs_confirmation", "observes_holidays", "hold_minutes", "fee_cents", "fee_within_minutes",
    "contact_required", "notify_staff_changes", "notify_self_service_changes", "notify_program_changes", "notify_calendar_changes",
)  # fmt: skip


class Policy(CompanyOwned, db.Model):
    """A rule that is None is inherited from the next wider policy: person, service, branch, company, domain/companies/policies."""

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
    # "company", or the id in one of the three columns; unique, so each has one policy
    scope: Mapped[str] = mapped_column(AsciiString(32), default="company")
    branch_id: Mapped[str | None] = mapped_column(Id)
    service_id: Mapped[str | None] = mapped_column(Id)
    staff_id: Mapped[str | None] = mapped_column(Id)

    grid_minutes: Mapped[int | None]
    notice_minutes: Mapped[int | None]
    horizon_days: Mapped[int | None]
    # callers may cancel or move by themselves until so long before the start
    cancel_minutes: Mapped[int | None]
    move_minutes: Mapped[int | None]
    open_bookings_per_customer: Mapped[int | None]
    # whether callers with a withheld number may book
    anonymous_callers: Mapped[bool | None]
    # whether callers must leave a number or an e-mail address
    contact_required: Mapped[bool | None]
    # False: only staff may book it
    callers_may_book: Mapped[bool | None]
    # bookings by callers stay `pending` until staff confirm them
    needs_confirmation: Mapped[bool | None]
    observes_holidays: Mapped[bool | None]
    hold_minutes: Mapped[int | None]
    # fee for a cancellation later than so long before the start, or for a no-show
    fee_cents: Mapped[int | None]
    fee_within_minutes: Mapped[int | None]
    # whether customers are notified of changes by staff, by themselves, by a program over the API (its bookings too), and by an
    # external calendar, which sends messages of its own
    notify_staff_changes: Mapped[bool | None]
    notify_self_service_changes: Mapped[bool | None]
    notify_program_changes: Mapped[bool | None]
    notify_calendar_changes: Mapped[bool | None]

    def rules(self) -> dict[str, Any]:
        return {name: value for name in RULES if (value := getattr(self, name)) is not None}
