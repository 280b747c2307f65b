"""One utterance of a call."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import BigId, Id, Key, LongText
from app.core.extensions import db
from app.models.base import CompanyOwned, inside, owned_args


class Turn(CompanyOwned, db.Model):
    __tablename__ = "turns"
    __table_args__ = owned_args(inside("call_id", "calls"), UniqueConstraint("company_id", "call_id", "position"), referable=False)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # from 0
    position: Mapped[int]
    # agent, caller, transfer_target
    role: Mapped[str] = mapped_column(Key(16))
    text: Mapped[str] = mapped_column(LongText)
    # seconds of the recording
    start_s: Mapped[float | None]
    end_s: Mapped[float | None]
