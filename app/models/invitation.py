"""An invitation to sign in to a company: bound to one e-mail address, accepted once, deleted when it is accepted or withdrawn."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class Invitation(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Only the token's hash is stored."""

    __tablename__ = "invitations"
    __table_args__ = company_table_args(
        company_foreign_key("staff_id", "staff_members"),
        UniqueConstraint("company_id", "email"),
        referable=False,
    )

    # lower case
    email: Mapped[str] = mapped_column(AsciiString(190))
    # as whoever invites writes it; the invited person may change it
    name: Mapped[str | None] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(AsciiString(16))
    # limited to these branches; empty: all of the company
    branch_ids: Mapped[list[str]] = mapped_column(Json)
    # the person in the team that the account will be linked to
    staff_id: Mapped[str | None] = mapped_column(Id)
    token_hash: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    # the link was made to be passed on by hand, since no mail goes out
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # None: by the command line
    invited_by: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
