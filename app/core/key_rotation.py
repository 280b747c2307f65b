"""Key rotation: re-encrypt with the first of ENCRYPTION_KEYS all values of older keys, so that those can be removed."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, Table, func, select, type_coerce, update

from app.core.column_types import EncryptedBytes, EncryptedString
from app.core.encryption import keyring
from app.core.extensions import db

BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class RotationProgress:
    """A finished batch: rows checked, values re-encrypted."""

    checked: int
    resealed: int


def encrypted_columns() -> list[Column]:
    """Every column that is stored encrypted."""
    tables = sorted(db.metadata.tables.values(), key=lambda table: table.name)
    return [column for table in tables for column in table.columns if isinstance(column.type, EncryptedString | EncryptedBytes)]


def count_rows(table: Table) -> int:
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def rotate(column: Column) -> Iterator[RotationProgress]:
    """Re-encrypt the column in batches, one transaction each; may be interrupted and restarted at any time.

    A value changed meanwhile is skipped: its writer has encrypted it with the first key.
    """
    table, raw = column.table, type_coerce(column, LargeBinary)
    [key] = table.primary_key.columns
    last = None
    while True:
        with db.engine.begin() as connection:
            statement = select(key, raw.label("sealed")).order_by(key).limit(BATCH_SIZE)
            rows = connection.execute(statement if last is None else statement.where(key > last)).all()
            old = [row for row in rows if row.sealed is not None and keyring().needs_resealing(bytes(row.sealed))]
            for row in old:
                resealed = keyring().seal(keyring().open(bytes(row.sealed)))
                unchanged = (key == row[0], raw == bytes(row.sealed))
                connection.execute(update(table).where(*unchanged).values({column.name: type_coerce(resealed, LargeBinary)}))
        if rows:
            last = rows[-1][0]
            yield RotationProgress(len(rows), len(old))
        if len(rows) < BATCH_SIZE:
            return
