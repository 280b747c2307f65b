"""One utterance of a call."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, LongText
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class Turn(CompanyOwned, db.Model):
    __tablename__ = "turns"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"), UniqueConstraint("company_id", "call_id", "position"), referable=False
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # from 0
    position: Mapped[int]
    # agent, caller, transfer_target
    role: Mapped[str] = mapped_column(AsciiString(16))
    text: Mapped[str] = mapped_column(LongText)
    # seconds of the recording
    start_s: Mapped[float | None]
    end_s: Mapped[float | None]
