"""A message policy: the rules of a company's messages to its customers, or the reminders of one service."""

from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, Json
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args

QUIET_REMINDER_RULES = ("earlier", "drop")
CAP_ACTIONS = ("email", "reminders", "none")


class MessagePolicy(CompanyOwned, db.Model):
    """A rule that is None is the platform's default, for a service the company's (domain/notifications/message_policies)."""

    __tablename__ = "message_policies"
    __table_args__ = company_table_args(
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        UniqueConstraint("company_id", "scope"),
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="quiet"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # "company", or the id of a service, which has reminders of its own only
    scope: Mapped[str] = mapped_column(AsciiString(32), default="company")
    service_id: Mapped[str | None] = mapped_column(Id)
    # [{"minutes": 2880, "channel": "email"}, …]: so long before the start; an empty list is no reminder
    reminders: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    # minutes of the day in the recipient's zone; equal: no quiet hours
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    # what becomes of a reminder that falls into them: earlier, drop
    quiet_reminders: Mapped[str | None] = mapped_column(AsciiString(8))
    # to one recipient within 24 hours
    max_per_day: Mapped[int | None]
    # what one segment of a text message costs
    segment_tenth_cents: Mapped[int | None]
    # for text messages in a calendar month, 0: none; and what happens beyond it: email, reminders, none
    monthly_cap_cents: Mapped[int | None]
    cap_action: Mapped[str | None] = mapped_column(AsciiString(16))
    # whether callers whom nobody served, or who were promised a callback, are written to
    missed_call_texts: Mapped[bool | None]
    callback_texts: Mapped[bool | None]
    # whether the team is asked to call customers whom no message reaches
    call_tasks: Mapped[bool | None]
