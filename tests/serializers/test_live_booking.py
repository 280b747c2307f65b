"""What hangs on calls is found by the calls, whatever else the company has."""

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Select, event

from app.core.tenancy import unscoped
from app.serializers import live_booking

PLANS = [
    pytest.param(live_booking.BOOKINGS_OF_CALLS, "bookings", "ix_bookings_company_call", id="bookings"),
    pytest.param(live_booking.HOLDS_OF_CALLS, "holds", "ix_holds_call", id="holds"),
]


@pytest.mark.parametrize(("statement", "table", "index"), PLANS)
def test_bookings_and_holds_are_read_by_their_calls_index(db: SQLAlchemy, statement: Select, table: str, index: str) -> None:
    plan = explained(db, statement)
    assert plan[0][0] == "calls"
    assert index in dict(plan)[table]


def explained(db: SQLAlchemy, statement: Select) -> list[tuple[str, str]]:
    """(table, how it is read), in the order in which they are read."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, sql: str, values: Any, *_: object) -> None:
        sent.append((sql, values))

    event.listen(db.engine, "before_cursor_execute", note)
    with unscoped():
        db.session.execute(statement, {"ids": ["01CALL00000000000000000000", "01CALL00000000000000000001"]}).all()
    event.remove(db.engine, "before_cursor_execute", note)
    sql, values = sent[-1]
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
        return [(step.split()[1], step) for step in steps if step.startswith(("SEARCH", "SCAN"))]
    return [(row[2], str(row[5])) for row in connection.exec_driver_sql(f"EXPLAIN {sql}", values)]
