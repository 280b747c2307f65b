"""Looks for marked words wherever the application may have left them: every table and column, sealed ones opened, Redis, files."""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import redis as redis_library
from sqlalchemy import select, text

from app.core.extensions import db
from app.core.payload_compression import PayloadUnreadable, decompress_body


def traces(marks: Iterable[str], *, redis: redis_library.Redis, files: Iterable[Path] = (), log: str = "") -> list[str]:
    """`table.column: mark` and the like of every mark that is still somewhere."""
    wanted = list(marks)
    found = [f"{place}: {mark}" for place, told in _everything(redis, files) for mark in wanted if mark in told]
    return sorted({*found, *(f"log: {mark}" for mark in wanted if mark in log)})


def _everything(redis: redis_library.Redis, files: Iterable[Path]) -> Iterable[tuple[str, str]]:
    db.session.rollback()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    if value is not None:
                        yield f"{table.name}.{column}", _told(value)
        if connection.dialect.name == "sqlite":
            shadows = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'call_search_texts_fts%' AND type = 'table'"))
            for (name,) in shadows.all():
                for shadow in connection.execute(text(f"SELECT * FROM {name}")).all():
                    yield name, " ".join(_told(value) for value in shadow if value is not None)
    for key in redis.scan_iter():
        yield f"redis {key.decode()}", _told(_redis_value(redis, key))
    for file in files:
        yield f"file {file.name}", _told(file.read_bytes())


def _redis_value(redis: redis_library.Redis, key: bytes) -> Any:
    kind = redis.type(key).decode()
    read = {
        "string": lambda: redis.get(key), "list": lambda: redis.lrange(key, 0, -1), "hash": lambda: redis.hgetall(key),
        "set": lambda: redis.smembers(key), "zset": lambda: redis.zrange(key, 0, -1), "stream": lambda: redis.xrange(key),
    }  # fmt: skip
    return repr(read[kind]())


def _told(value: Any) -> str:
    """The text of a value, whatever it is kept in."""
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        with contextlib.suppress(PayloadUnreadable):
            raw = decompress_body(raw)
        return f"{raw.decode('utf-8', 'replace')} {raw.decode('latin-1')}"
    return json.dumps(value, ensure_ascii=False, default=str)
