"""View models of refused webhooks: who sent them, for whose account, why they were refused, and the last one as example."""

from types import SimpleNamespace

from sqlalchemy import select

from app.core import phone
from app.core.extensions import db
from app.domain.inbox.rejections import list_rejections
from app.models import Company, RejectedWebhook
from app.web.admin.labels import REJECTION_REASONS
from app.web.admin.list_filters import SupportListQuery
from app.web.labels import PROVIDER_NAMES


def list_rejection_rows(query: SupportListQuery, *, provider: str = "", limit: int) -> list[SimpleNamespace]:
    """List the rows that the filters leave, the latest first; without times of the last 30 days."""
    conditions = query.build_time_filter(RejectedWebhook.last_at)
    for column, value in (
        (RejectedWebhook.company_id, query.company),
        (RejectedWebhook.to_number, query.e164),
        (RejectedWebhook.provider, provider),
    ):
        if value:
            conditions.append(column == value)
    rows = list_rejections(*conditions, limit=limit)
    ids = {row.company_id for row in rows if row.company_id}
    companies = {row.id: row.name for row in db.session.execute(select(Company.id, Company.name).where(Company.id.in_(ids)))}
    return [_build_row(row, companies) for row in rows]


def _build_row(row: RejectedWebhook, companies: dict[str, str]) -> SimpleNamespace:
    example = row.example or {}
    return SimpleNamespace(
        provider=PROVIDER_NAMES.get(row.provider, row.provider),
        address=row.address,
        company_id=row.company_id,
        company=companies.get(row.company_id or ""),
        number=phone.display(row.to_number) if row.to_number else None,
        reason=REJECTION_REASONS.get(row.reason, row.reason),
        count=row.rejection_count,
        last_at=row.last_at,
        example=" · ".join(str(example[name]) for name in ("path", "event", "call", "user_agent") if example.get(name)),
    )
