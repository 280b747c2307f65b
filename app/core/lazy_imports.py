"""Keeps in memory what is used: libraries load much of which no process of ours has any use."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask


@contextmanager
def without_modules(*names: str) -> Iterator[None]:
    """What is imported inside finds these packages missing, where it can do without them; later imports find them again."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


class LazyMigrate:
    """flask-migrate's place in the application, taken when something asks for a migration: Alembic weighs ten megabytes."""

    def __init__(self, app: Flask, database: Any, directory: str) -> None:
        self._of = app, database, directory

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        app, database, directory = self._of
        ours = app.cli.commands.get("db")
        Migrate(app, database, directory=directory)
        if ours:  # it has put its own in that place
            app.cli.add_command(ours)
        return getattr(app.extensions["migrate"], name)


# requests would bring tables of all alphabets to guess by: what names none is UTF-8; it warns that it cannot guess
with without_modules("chardet", "charset_normalizer"), warnings.catch_warnings(action="ignore"):
    import requests  # noqa: F401

# socketio would bring aiohttp and valkey for managers that are not ours, structlog rich for its colours
with without_modules("aiohttp", "rich", "valkey"):
    import socketio  # noqa: F401
    import structlog  # noqa: F401
