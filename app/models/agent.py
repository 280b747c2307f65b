"""An agent: the voice receptionist that a company's callers talk to."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_table_args


class Agent(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "agents"
    __table_args__ = company_table_args()

    # name that the agent gives on the phone
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(AsciiString(8), default="de")
    greeting: Mapped[str | None] = mapped_column(Text)
    # id at the voice provider, once published there
    provider: Mapped[str] = mapped_column(AsciiString(32), default="retell")
    provider_agent_id: Mapped[str | None] = mapped_column(AsciiString(128))
    is_active: Mapped[bool] = mapped_column(default=True)
