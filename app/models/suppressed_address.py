"""A number or mail address to which nothing is sent any more, because its carrier refused a message for good."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, CaseSensitiveString, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_table_args


class SuppressedAddress(CompanyOwned, db.Model):
    __tablename__ = "suppressed_addresses"
    __table_args__ = company_table_args(UniqueConstraint("company_id", "channel", "address"), referable=False)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # sms, email
    channel: Mapped[str] = mapped_column(AsciiString(8))
    # E.164, or a mail address in lower case
    address: Mapped[str] = mapped_column(CaseSensitiveString(190))
    # opted_out: until the person takes it back (START); unreachable: until the address is used anew
    reason: Mapped[str] = mapped_column(AsciiString(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
