"""A short transaction beside the request's own: for bookkeeping that must be neither lost nor kept with the request's work."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from app.core.database import writing
from app.core.extensions import db


@contextmanager
def apart() -> Iterator[Connection]:
    """A connection whose transaction is committed at the end.

    What the request has read or left uncommitted is let go first: the two would wait for each other, and only
    transaction() commits. So never open this inside one.
    """
    if db.session.registry.has():
        if db.session().info.get("open"):
            raise RuntimeError("A transaction is open: do this before or after it.")
        db.session.rollback()
    with writing(), db.engine.begin() as connection:
        yield connection
