"""The log of live events: numbered per company without gaps, kept for a day, read again to catch up."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import ReturningInsert

from app.core.extensions import db
from app.models.live_event import LiveEvent, LiveEventSequence

CATCH_UP_LIMIT = 500
CURSORS = select(LiveEventSequence.__table__).where(LiveEventSequence.__table__.c.company_id.in_(bindparam("ids", expanding=True)))
EVENTS = select(
    LiveEvent.company_id,
    LiveEvent.seq,
    LiveEvent.occurred_at,
    LiveEvent.name,
    LiveEvent.branch_id,
    LiveEvent.call_id,
    LiveEvent.booking_id,
    LiveEvent.data,
)


def append(rows: list[dict[str, Any]]) -> None:
    """Number the rows (columns of live_events but `seq`, which is filled in) and insert them in the open transaction.

    The lock on each company's cursor is held until the commit, which keeps the numbers without gaps and in commit order.
    Companies are locked in one order everywhere, so parallel workers wait for each other and do not deadlock.
    """
    last = _reserve_seqs(Counter(row["company_id"] for row in rows))
    for row in reversed(rows):
        row["seq"] = last[row["company_id"]]
        last[row["company_id"]] -= 1
    db.session.connection().execute(insert(LiveEvent.__table__), rows)


def get_last_seq(company_id: str) -> int:
    """Get the number of the company's newest event, 0 before the first."""
    return get_last_seqs([company_id])[company_id]


def get_last_seqs(company_ids: Collection[str]) -> dict[str, int]:
    """Get the number of each company's newest event, 0 before the first."""
    return dict.fromkeys(company_ids, 0) | dict(db.session.connection().execute(CURSORS, {"ids": list(company_ids)}).all())


def list_events_since(company_id: str, since: int, *, branch_ids: Collection[str] = ()) -> tuple[Sequence[RowMapping] | None, int]:
    """List the events after that number, limited to the branches where some are given, and the newest number.

    None in place of events when there are too many or some are deleted: then the client reloads the whole state.
    """
    newest = get_last_seq(company_id)
    if since >= newest:
        return ([] if since == newest else None), newest
    company_events = EVENTS.where(LiveEvent.company_id == company_id)
    if newest - since > CATCH_UP_LIMIT or db.session.execute(company_events.where(LiveEvent.seq == since + 1)).first() is None:
        return None, newest
    missed = company_events.where(LiveEvent.seq > since, LiveEvent.seq <= newest).order_by(LiveEvent.seq)
    if branch_ids:
        missed = missed.where(LiveEvent.branch_id.in_(branch_ids))
    return db.session.execute(missed).mappings().all(), newest


def _reserve_seqs(counts: Counter[str]) -> dict[str, int]:
    """Advance the companies' cursors in one statement and return their new values; locks the cursors until the commit."""
    connection = db.session.connection()
    rows = [{"company_id": company, "seq": counts[company]} for company in sorted(counts)]
    return dict(connection.execute(_build_cursor_upsert(connection.dialect.name), rows).all())


@cache
def _build_cursor_upsert(dialect: str) -> ReturningInsert[tuple[str, int]]:
    cursors = LiveEventSequence.__table__
    if dialect == "sqlite":
        on_sqlite = sqlite_insert(cursors)
        upsert = on_sqlite.on_conflict_do_update(index_elements=["company_id"], set_={"seq": cursors.c.seq + on_sqlite.excluded.seq})
    else:
        on_mariadb = mysql_insert(cursors)
        upsert = on_mariadb.on_duplicate_key_update(seq=cursors.c.seq + on_mariadb.inserted.seq)
    return upsert.returning(cursors.c.company_id, cursors.c.seq)
