"""Save memory and start time by hiding optional packages that libraries import and no process uses."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask


@contextmanager
def without_modules(*names: str) -> Iterator[None]:
    """Hide these packages from imports inside, whose libraries treat them as optional; later imports find them again.

    A process starts in 1.3 CPU-seconds with 123 MB and 1,665 modules; with these packages in 1.6 with 139 MB and 1,889.
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


class LazyMigrate:
    """Load flask-migrate at the first access: Alembic takes ten megabytes."""

    def __init__(self, app: Flask, database: Any, directory: str) -> None:
        self._arguments = app, database, directory

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        app, database, directory = self._arguments
        own_command = app.cli.commands.get("db")
        Migrate(app, database, directory=directory)
        if own_command:  # Migrate() has replaced the command group
            app.cli.add_command(own_command)
        return getattr(app.extensions["migrate"], name)


# requests would load tables for guessing character sets; a response without one is UTF-8 here. It warns about their absence.
with without_modules("chardet", "charset_normalizer"), warnings.catch_warnings(action="ignore"):
    import requests  # noqa: F401

# socketio would load aiohttp and valkey for unused client managers, structlog rich for colours
with without_modules("aiohttp", "rich", "valkey"):
    import socketio  # noqa: F401
    import structlog  # noqa: F401
