"""Rows as they stand in the database, byte for byte: what is encrypted stays so, and is put back with the same bytes."""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, insert, inspect, select, type_coerce, update

from app.core.column_types import EncryptedBytes, EncryptedString
from app.core.extensions import db

RawRow = dict[str, Any]
BATCH_SIZE = 500


def read_rows(model: Any, *conditions: ColumnElement[bool]) -> list[RawRow]:
    """Read all columns of these rows, in the order of their keys."""
    columns = [_to_raw(getattr(model, name)).label(name) for name in _list_columns(model)]
    rows = db.session.execute(select(*columns).where(*conditions).order_by(get_key(model)))
    return [dict(row._mapping) for row in rows]


def insert_row(model: Any, row: RawRow) -> None:
    values = {name: type_coerce(value, LargeBinary) if isinstance(value, bytes) else value for name, value in row.items()}
    db.session.execute(insert(model).values(values))


def update_row(model: Any, key: Any, values: RawRow) -> None:
    """Write these columns and leave all others as they are."""
    raw = {name: type_coerce(value, LargeBinary) if isinstance(value, bytes) else value for name, value in values.items()}
    _update(model, get_key(model) == key, raw)


def reassign(model: Any, column: str, keys: Iterable[Any], *, old: str, new: str) -> int:
    """Let these rows name another customer, as far as they still name the old one; how many did."""
    listed, is_theirs = list(keys), getattr(model, column) == old
    batches = (listed[start : start + BATCH_SIZE] for start in range(0, len(listed), BATCH_SIZE))
    return sum(_update(model, get_key(model).in_(batch) & is_theirs, {column: new}) for batch in batches)


def list_keys(model: Any, *conditions: ColumnElement[bool]) -> list[Any]:
    return list(db.session.scalars(select(get_key(model)).where(*conditions).order_by(get_key(model))))


def get_key(model: Any) -> Any:
    """The attribute of the primary key."""
    mapper = inspect(model)
    return mapper.get_property_by_column(mapper.primary_key[0]).class_attribute


def dump(data: Any) -> str:
    return json.dumps(data, default=_encode, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Any:
    return json.loads(text, object_hook=_decode)


def _update(model: Any, condition: ColumnElement[bool], values: RawRow) -> int:
    # columns that count changes count none here
    kept = {name: getattr(model, name) for name in _list_touched(model) if name not in values}
    changing = update(model).where(condition).values(kept | values).execution_options(synchronize_session=False)
    return db.session.execute(changing).rowcount  # type: ignore[attr-defined]


def _list_columns(model: Any) -> Sequence[str]:
    return [attribute.key for attribute in inspect(model).column_attrs]


def _list_touched(model: Any) -> Iterator[str]:
    return (attribute.key for attribute in inspect(model).column_attrs if attribute.columns[0].onupdate is not None)


def _to_raw(attribute: Any) -> Any:
    return type_coerce(attribute, LargeBinary) if isinstance(attribute.type, EncryptedString | EncryptedBytes) else attribute


def _encode(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} is no value of a row.")


def _decode(value: dict[str, Any]) -> Any:
    if value.keys() == {"at"}:
        return datetime.fromisoformat(value["at"])
    if value.keys() == {"bytes"}:
        return base64.b64decode(value["bytes"])
    return value
