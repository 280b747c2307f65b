"""The sequence of live events: numbered per company without gaps, kept for a day, read again by who missed some."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import ReturningInsert

from app.core.extensions import db
from app.models.live_event import LiveCursor, LiveEvent

CATCH_UP_LIMIT = 500
CURSORS = select(LiveCursor.__table__).where(LiveCursor.__table__.c.company_id.in_(bindparam("ids", expanding=True)))
KEPT = select(
    LiveEvent.company_id,
    LiveEvent.seq,
    LiveEvent.at,
    LiveEvent.name,
    LiveEvent.branch_id,
    LiveEvent.call_id,
    LiveEvent.booking_id,
    LiveEvent.data,
)


def write_down(rows: list[dict[str, Any]]) -> None:
    """Numbers the rows (columns of live_events but `seq`, which this fills in) and inserts them in the open transaction.

    The lock on each company's cursor is held up to the commit: that is what keeps the numbers without gaps and in the order of
    the commits. Companies are taken in one order everywhere, so parallel workers wait for each other and do not deadlock.
    """
    last = _take_numbers(Counter(row["company_id"] for row in rows))
    for row in reversed(rows):
        row["seq"] = last[row["company_id"]]
        last[row["company_id"]] -= 1
    db.session.connection().execute(insert(LiveEvent.__table__), rows)


def last_number(company_id: str) -> int:
    """The number of the company's newest event, 0 before the first."""
    return last_numbers([company_id])[company_id]


def last_numbers(company_ids: Collection[str]) -> dict[str, int]:
    """The number of each company's newest event, 0 before the first."""
    return dict.fromkeys(company_ids, 0) | dict(db.session.connection().execute(CURSORS, {"ids": list(company_ids)}).all())


def missed_since(company_id: str, since: int, *, branch_ids: Collection[str] = ()) -> tuple[Sequence[RowMapping] | None, int]:
    """The events after that number, only those of the branches where some are given, and the newest number.

    None in place of events when there are too many or some are gone: then the whole state is to be read anew.
    """
    newest = last_number(company_id)
    if since >= newest:
        return ([] if since == newest else None), newest
    mine = KEPT.where(LiveEvent.company_id == company_id)
    if newest - since > CATCH_UP_LIMIT or db.session.execute(mine.where(LiveEvent.seq == since + 1)).first() is None:
        return None, newest
    missed = mine.where(LiveEvent.seq > since, LiveEvent.seq <= newest).order_by(LiveEvent.seq)
    if branch_ids:
        missed = missed.where(LiveEvent.branch_id.in_(branch_ids))
    return db.session.execute(missed).mappings().all(), newest


def _take_numbers(wanted: Counter[str]) -> dict[str, int]:
    """Moves the companies' cursors on; each one's new value. In one round trip: from here on others of these companies wait."""
    connection = db.session.connection()
    rows = [{"company_id": company, "seq": wanted[company]} for company in sorted(wanted)]
    return dict(connection.execute(_moving(connection.dialect.name), rows).all())


@cache
def _moving(dialect: str) -> ReturningInsert[tuple[str, int]]:
    cursors = LiveCursor.__table__
    if dialect == "sqlite":
        on_sqlite = sqlite_insert(cursors)
        moving = on_sqlite.on_conflict_do_update(index_elements=["company_id"], set_={"seq": cursors.c.seq + on_sqlite.excluded.seq})
    else:
        on_mariadb = mysql_insert(cursors)
        moving = on_mariadb.on_duplicate_key_update(seq=cursors.c.seq + on_mariadb.inserted.seq)
    return moving.returning(cursors.c.company_id, cursors.c.seq)
