"""Which tables something was really written into: statements count when their transaction is committed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+[`\"]?(\w+)", re.I)


@contextmanager
def watched_writes(engine: Engine) -> Iterator[list[str]]:
    written: list[str] = []
    pending: dict[int, list[str]] = {}

    def executed(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if table := WRITE.match(statement):
            pending.setdefault(id(connection), []).append(table[1])

    def committed(connection: Any) -> None:
        written.extend(pending.pop(id(connection), []))

    def rolled_back(connection: Any) -> None:
        pending.pop(id(connection), None)

    listeners = (("after_cursor_execute", executed), ("commit", committed), ("rollback", rolled_back))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield written
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
