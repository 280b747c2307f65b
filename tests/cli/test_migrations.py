"""flask db, and what it brings along only when it is called."""

import os
import subprocess
import sys

import pytest
from flask import Flask

from tests.support.waiting import HANGS_AFTER_S


def test_the_migrations_can_be_called(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["db", "heads"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("redis", [{}, {"REDIS_URL": "redis://127.0.0.1:1/0"}], ids=["alone", "with Redis"])
def test_an_application_is_made_without_what_it_does_not_use(redis: dict[str, str]) -> None:
    heavy = ["aiohttp", "alembic", "holidays", "mako", "openai", "retell", "twilio", "valkey"]
    code = f"import sys, app.cli, wsgi; print([name for name in {heavy} if sys.modules.get(name)])"
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | redis
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=HANGS_AFTER_S, env=environment)
    assert found.stdout.strip() == "[]"
