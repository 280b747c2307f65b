"""All rows as the database holds them, read past the models: for tests that something leaves every byte as it was."""

from collections.abc import Collection
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import inspect


def read_raw_rows(db: SQLAlchemy, *, but: Collection[str] = ()) -> dict[str, list[Any]]:
    """The rows of each table, each in the order of its columns, without the tables of `but` and what full-text search keeps."""
    db.session.rollback()
    tables = [name for name in inspect(db.engine).get_table_names() if name not in but and "_fts" not in name]
    with db.engine.connect() as connection:
        return {name: sorted(tuple(map(repr, row)) for row in connection.exec_driver_sql(f"SELECT * FROM `{name}`")) for name in tables}
