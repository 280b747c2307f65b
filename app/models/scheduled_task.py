"""The schedule: next run, current holder and last result of each periodic job."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, UtcDateTime
from app.core.extensions import db


class ScheduledTask(db.Model):
    __tablename__ = "scheduled_tasks"

    name: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # lease of the process that runs it
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # done, failed
    result: Mapped[str | None] = mapped_column(AsciiString(16))
    error: Mapped[str | None] = mapped_column(Text)
    runs: Mapped[int] = mapped_column(default=0)
