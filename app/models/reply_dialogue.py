"""What we have asked a person by text message and are waiting to hear, one row for each number."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class ReplyDialogue(CompanyOwned, db.Model):
    __tablename__ = "reply_dialogues"
    __table_args__ = company_table_args(
        company_foreign_key("booking_id", "bookings"),
        company_foreign_key("task_id", "tasks"),
        UniqueConstraint("company_id", "sender_index"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sender_index: Mapped[str] = mapped_column(AsciiString(64))
    # None: nothing is open; cancel: whether really to cancel; offer: which of these times; which: which of these bookings;
    # matter: an offer of the waitlist, or an appointment
    step: Mapped[str | None] = mapped_column(AsciiString(8))
    # for `which`: confirm, move, cancel
    action: Mapped[str | None] = mapped_column(AsciiString(8))
    booking_id: Mapped[str | None] = mapped_column(Id)
    # in the order of their numbers, from 1: instants in ISO form, ids of bookings, or for `matter` pairs of what is done and an id
    options: Mapped[Any] = mapped_column(Json, default=list)
    # answers in a row that were not understood
    unclear_count: Mapped[int] = mapped_column(default=0)
    # afterwards nothing is open any more
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the task that has the messages which people must answer, and when the sender was told so
    task_id: Mapped[str | None] = mapped_column(Id)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
