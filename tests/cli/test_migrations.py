"""flask db, and what it brings along only when it is called."""

import subprocess
import sys

from flask import Flask


def test_the_migrations_can_be_called(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["db", "heads"])
    assert result.exit_code == 0, result.output


def test_an_application_is_made_without_what_it_does_not_use() -> None:
    heavy = ["aiohttp", "alembic", "holidays", "mako", "openai", "retell", "twilio"]
    code = f"import sys, app.cli, wsgi; print([name for name in {heavy} if sys.modules.get(name)])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert found.stdout.strip() == "[]"
