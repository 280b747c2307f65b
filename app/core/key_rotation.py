"""Seals again, with the first of ENCRYPTION_KEYS, what an older key has sealed, so that the older one can be thrown away."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, Table, func, select, type_coerce, update

from app.core.column_types import EncryptedBytes, EncryptedString
from app.core.encryption import keyring
from app.core.extensions import db

BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class RotationProgress:
    """A batch that is done: rows looked at, values sealed anew."""

    looked_at: int
    resealed: int


def encrypted_columns() -> list[Column]:
    """Every column that rests encrypted."""
    tables = sorted(db.metadata.tables.values(), key=lambda table: table.name)
    return [column for table in tables for column in table.columns if isinstance(column.type, EncryptedString | EncryptedBytes)]


def count_rows(table: Table) -> int:
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def rotate(column: Column) -> Iterator[RotationProgress]:
    """Goes through the column in batches, each a transaction of its own; may be stopped and begun again at any time.

    A value that somebody changes meanwhile is left alone: it was sealed with the first key just then.
    """
    table, raw = column.table, type_coerce(column, LargeBinary)
    [key] = table.primary_key.columns
    last = None
    while True:
        with db.engine.begin() as connection:
            wanted = select(key, raw.label("sealed")).order_by(key).limit(BATCH_SIZE)
            rows = connection.execute(wanted if last is None else wanted.where(key > last)).all()
            old = [row for row in rows if row.sealed is not None and keyring().needs_resealing(bytes(row.sealed))]
            for row in old:
                anew = keyring().seal(keyring().open(bytes(row.sealed)))
                unchanged = (key == row[0], raw == bytes(row.sealed))
                connection.execute(update(table).where(*unchanged).values({column.name: type_coerce(anew, LargeBinary)}))
        if rows:
            last = rows[-1][0]
            yield RotationProgress(len(rows), len(old))
        if len(rows) < BATCH_SIZE:
            return
