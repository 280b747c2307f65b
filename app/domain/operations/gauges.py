"""Gauges computed on request: running calls, waiting events, queue depths."""

from collections.abc import Iterator

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.extensions import db
from app.core.redis import RedisError
from app.core.tenancy import unscoped
from app.domain.operations.health import get_queue_depths
from app.models.call import Call
from app.models.company import Company
from app.models.webhook_event import WebhookEvent

log = structlog.get_logger()


def count_running_calls() -> int:
    """Count by company, as the index begins with it."""
    running = select(func.count()).where(Call.company_id == Company.id, Call.running(), Call.is_test.is_(False))
    of_company = running.correlate(Company).scalar_subquery()
    with unscoped():
        return int(db.session.scalar(select(func.coalesce(func.sum(of_company), 0)).select_from(Company)) or 0)


def count_events(status: str) -> int:
    """Count webhook events of this status."""
    return db.session.scalar(select(func.count()).where(WebhookEvent.status == status)) or 0


def iter_gauges() -> Iterator[tuple[str, dict[str, str], float]]:
    """Yield name, labels and value of each gauge; unavailable ones are skipped."""
    try:
        yield "active_calls", {}, count_running_calls()
        yield "unassigned_events", {}, count_events("unassigned")
        yield "queue_depth", {"queue": "inbox"}, count_events("pending")
    except SQLAlchemyError as error:
        log.warning("gauges.no_database", error=type(error).__name__)
    try:
        for queue, waiting in get_queue_depths().items():
            yield "queue_depth", {"queue": queue}, waiting
    except RedisError as error:
        log.warning("gauges.no_redis", error=type(error).__name__)
