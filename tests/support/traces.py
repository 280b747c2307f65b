"""Finds marked words in everything the application stores: every column, decrypted, Redis and files."""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import redis as redis_library
from sqlalchemy import select, text

from app.core.extensions import db
from app.core.payload_compression import StoredPayloadUnreadable, decompress_body


def traces(marks: Iterable[str], *, redis: redis_library.Redis, files: Iterable[Path] = (), log: str = "") -> list[str]:
    """List each place of a mark, such as `table.column: mark`."""
    searched = list(marks)
    found = [f"{place}: {mark}" for place, content in _everything(redis, files) for mark in searched if mark in content]
    return sorted({*found, *(f"log: {mark}" for mark in searched if mark in log)})


def _everything(redis: redis_library.Redis, files: Iterable[Path]) -> Iterable[tuple[str, str]]:
    db.session.rollback()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    if value is not None:
                        yield f"{table.name}.{column}", _to_text(value)
        if connection.dialect.name == "sqlite":
            shadows = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'call_search_texts_fts%' AND type = 'table'"))
            for (name,) in shadows.all():
                for shadow in connection.execute(text(f"SELECT * FROM {name}")).all():
                    yield name, " ".join(_to_text(value) for value in shadow if value is not None)
    for key in redis.scan_iter():
        yield f"redis {key.decode()}", _to_text(_redis_value(redis, key))
    for file in files:
        yield f"file {file.name}", _to_text(file.read_bytes())


def _redis_value(redis: redis_library.Redis, key: bytes) -> Any:
    kind = redis.type(key).decode()
    read = {
        "string": lambda: redis.get(key), "list": lambda: redis.lrange(key, 0, -1), "hash": lambda: redis.hgetall(key),
        "set": lambda: redis.smembers(key), "zset": lambda: redis.zrange(key, 0, -1), "stream": lambda: redis.xrange(key),
    }  # fmt: skip
    return repr(read[kind]())


def _to_text(value: Any) -> str:
    """Return the text of a value, decompressed."""
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        with contextlib.suppress(StoredPayloadUnreadable):
            raw = decompress_body(raw)
        return f"{raw.decode('utf-8', 'replace')} {raw.decode('latin-1')}"
    return json.dumps(value, ensure_ascii=False, default=str)
