"""Debian's Chromium, and how it is started without reaching out to anything."""

import shutil
from pathlib import Path

from tests.support.mariadb import IN_CI

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def is_tested() -> bool:
    """Whether the browser tests run; in CI they do, and fail where it is missing."""
    return IN_CI or Path(CHROMIUM).exists()
