"""A bookable service: its durations, price, resources, and the names that callers use."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, CaseSensitiveString, Id, Json
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

TIMES = ("minutes", "before_minutes", "after_minutes", "processing_from", "processing_minutes")


class Service(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "services"
    __table_args__ = company_table_args(
        UniqueConstraint("company_id", "slug"),
        CheckConstraint("minutes > 0 AND minutes <= 10080", name="minutes"),
        CheckConstraint("before_minutes >= 0 AND after_minutes >= 0", name="buffers"),
        CheckConstraint(
            "processing_from >= 0 AND processing_minutes >= 0 AND processing_from + processing_minutes <= minutes"
            " AND processing_minutes < minutes",
            name="processing",
        ),
        CheckConstraint("capacity >= 1", name="capacity"),
    )

    slug: Mapped[str] = mapped_column(AsciiString(64))
    name: Mapped[str] = mapped_column(String(120))
    category: Mapped[str | None] = mapped_column(String(80))
    description: Mapped[str | None] = mapped_column(Text)
    # the customer's total time; the person is occupied for it and its buffers, except during the processing time
    minutes: Mapped[int]
    before_minutes: Mapped[int] = mapped_column(default=0)
    after_minutes: Mapped[int] = mapped_column(default=0)
    processing_from: Mapped[int] = mapped_column(default=0)
    processing_minutes: Mapped[int] = mapped_column(default=0)
    price_cents: Mapped[int | None]
    # more than one: a group service, whose customers share the time and take a seat each
    capacity: Mapped[int] = mapped_column(default=1)
    # kinds of resource; one of each is needed
    room_kinds: Mapped[list[str]] = mapped_column(Json, default=list)
    # a visit of several services in sequence: their ids in order; its own times and price are then ignored
    parts: Mapped[list[str] | None] = mapped_column(Json)
    max_gap_minutes: Mapped[int] = mapped_column(default=0)
    colour: Mapped[str | None] = mapped_column(AsciiString(7))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class ServiceSynonym(CompanyOwned, db.Model):
    """An alternative name of a service; `certainty` is the probability that it is meant, in percent."""

    __tablename__ = "service_synonyms"
    __table_args__ = company_table_args(
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        UniqueConstraint("company_id", "key", "service_id"),
        CheckConstraint("certainty BETWEEN 1 AND 100", name="certainty"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    service_id: Mapped[str] = mapped_column(Id)
    text: Mapped[str] = mapped_column(String(120))
    # the text normalised by domain/services/wording
    key: Mapped[str] = mapped_column(CaseSensitiveString(120))
    certainty: Mapped[int] = mapped_column(default=100)


class TimingOverrides:
    """Deviating times and price; None: the service's own value."""

    minutes: Mapped[int | None]
    before_minutes: Mapped[int | None]
    after_minutes: Mapped[int | None]
    processing_from: Mapped[int | None]
    processing_minutes: Mapped[int | None]
    price_cents: Mapped[int | None]

    def own(self) -> dict[str, Any]:
        return {name: value for name in (*TIMES, "price_cents") if (value := getattr(self, name)) is not None}


class BranchService(TimingOverrides, CompanyOwned, db.Model):
    """Deviations of a service at one branch; without a row it is offered there unchanged."""

    __tablename__ = "branch_services"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        Index("ix_branch_services_service", "company_id", "service_id"),
        referable=False,
    )

    branch_id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(Id, primary_key=True)
    is_offered: Mapped[bool] = mapped_column(default=True)
