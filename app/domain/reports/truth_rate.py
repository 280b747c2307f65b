"""The share of calls in which all checked claims were true."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core.extensions import db
from app.models import TruthCheck

TRUE_RESULTS = ("clean", "resolved")


@dataclass(frozen=True, slots=True)
class TruthRate:
    """Of `checked` calls in which something was stated, `true` ones had nothing in them that is not so."""

    true: int = 0
    checked: int = 0
    not_checked: int = 0


def load_truth_rate(branch_ids: Collection[str], *, since: datetime, until: datetime) -> TruthRate:
    statement = (
        select(TruthCheck.verdict, func.count())
        .where(TruthCheck.started_at >= since, TruthCheck.started_at < until, TruthCheck.branch_id.in_(branch_ids))
        .group_by(TruthCheck.verdict)
    )
    counts = {row[0]: row[1] for row in db.session.execute(statement)}
    true = sum(counts.get(verdict, 0) for verdict in TRUE_RESULTS)
    return TruthRate(true, true + counts.get("mismatch", 0), counts.get("not_checked", 0))
