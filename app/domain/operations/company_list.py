"""All companies with what each has: the list that support begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.core.extensions import db
from app.models import Branch, Call, Company, PhoneNumber, User

MAX_COMPANIES = 500


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company with its counts of active rows and the time of its last call."""

    company: Company
    branches: int
    numbers: int
    users: int
    last_call_at: datetime | None


def list_companies(limit: int = MAX_COMPANIES) -> Sequence[CompanyRow]:
    """List companies by name. Call inside unscoped; the last call of each is one index lookup."""
    last_call = select(Call.started_at).where(Call.company_id == Company.id).order_by(Call.started_at.desc()).limit(1)
    rows = select(
        Company, _build_count(Branch), _build_count(PhoneNumber), _build_count(User), last_call.correlate(Company).scalar_subquery()
    )  # fmt: skip
    return [CompanyRow(*row) for row in db.session.execute(rows.order_by(Company.name, Company.id).limit(limit))]


def _build_count(model: Any) -> ColumnElement[int]:
    active = select(func.count()).where(model.company_id == Company.id, model.is_active)
    return active.correlate(Company).scalar_subquery()
