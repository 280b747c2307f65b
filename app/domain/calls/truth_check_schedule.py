"""Which calls are to be checked, and when: written down as they end, so that no check gets lost."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import and_, insert, select, update

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.companies.feature_flags import is_enabled
from app.models import Booking, Call, TruthCheck

# a call's analysis may book what was agreed: until then it is too early to judge, unless none comes
ANALYSIS_TIMEOUT = timedelta(seconds=90)
LOOKBACK = timedelta(days=60)
MAX_OPEN = 200


def schedule_checks(call_ids: Iterable[str]) -> None:
    """Make these calls due for a check, across companies; skips calls of line checks."""
    sorted_ids = sorted(set(call_ids))
    on = cache(lambda company_id: is_enabled("truth_check", company_id))
    columns = (Call.id, Call.company_id, Call.branch_id, Call.started_at, Call.analyzed_at, Call.is_test, Call.status)
    with unscoped():
        ended = db.session.execute(select(*columns).where(Call.id.in_(sorted_ids)))
        calls = {row.id: row for row in ended if not row.is_test and on(row.company_id)}
        existing_ids = select(TruthCheck.call_id).join(Call, and_(Call.company_id == TruthCheck.company_id, Call.id == TruthCheck.call_id))
        known_ids = set(db.session.scalars(existing_ids.where(Call.id.in_(sorted_ids))))
        current_time = now()
        new = [
            {
                "company_id": call.company_id, "call_id": call.id, "branch_id": call.branch_id, "started_at": call.started_at,
                "due_at": _get_due_at(call.analyzed_at, current_time), "claim_count": 0, "findings": [], "auto_closed": False,
            }
            for call in calls.values()
            if call.id not in known_ids
        ]  # fmt: skip
        if new:
            db.session.execute(insert(TruthCheck), new)
        for analyzed in (True, False):
            again = [call_id for call_id in known_ids if call_id in calls and (calls[call_id].analyzed_at is not None) is analyzed]
            _upsert_due(again, current_time if analyzed else current_time + ANALYSIS_TIMEOUT)


def schedule_rechecks(booking_ids: Iterable[str]) -> None:
    """Make the current company's calls due that created these bookings, or have a mismatch and the same customer."""
    bookings = db.session.execute(select(Booking.call_id, Booking.customer_id).where(Booking.id.in_(sorted(set(booking_ids))))).all()
    calls = {row.call_id for row in bookings if row.call_id}
    customers = {row.customer_id for row in bookings if row.customer_id}
    open_ones = (
        select(TruthCheck.call_id, Call.customer_id)
        .join(Call, and_(Call.company_id == TruthCheck.company_id, Call.id == TruthCheck.call_id))
        .where(TruthCheck.verdict == "mismatch", TruthCheck.started_at > now() - LOOKBACK)
        .order_by(TruthCheck.started_at.desc())
        .limit(MAX_OPEN)
    )
    again = {row.call_id for row in db.session.execute(open_ones) if row.call_id in calls or row.customer_id in customers}
    _upsert_due(again | calls, now())


def list_due(limit: int) -> Sequence[tuple[str, str]]:
    """(company, call) of what is due, the longest first."""
    statement = select(TruthCheck.company_id, TruthCheck.call_id).where(TruthCheck.due_at <= now()).order_by(TruthCheck.due_at).limit(limit)
    return [(row.company_id, row.call_id) for row in db.session.execute(statement)]


def _get_due_at(analyzed_at: datetime | None, at: datetime) -> datetime:
    return at if analyzed_at is not None else at + ANALYSIS_TIMEOUT


def _upsert_due(call_ids: Iterable[str], at: datetime) -> None:
    ids = sorted(call_ids)
    if ids:
        changed = update(TruthCheck).where(TruthCheck.call_id.in_(ids)).values(due_at=at)
        db.session.execute(changed.execution_options(synchronize_session=False))
