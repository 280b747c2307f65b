"""Fixtures of the live dashboards: a server process with sockets and dashboards in front of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from tests.support.sockets import Dashboard, SocketServer


@pytest.fixture
def start_sockets(app: Flask, tmp_path: Path) -> Iterator[Callable[..., SocketServer]]:
    """Starts server processes for one test: `start_sockets(kind="green", LIVE_SOCKETS="2")`."""
    with ExitStack() as started:
        yield lambda **options: started.enter_context(SocketServer(app, tmp_path, **options))


@pytest.fixture
def open_dashboard() -> Iterator[Callable[..., Dashboard]]:
    """Opens dashboards that are closed at the end: `open_dashboard(server, cookie)`."""
    opened: list[Dashboard] = []

    def open_one(server: SocketServer, cookie: str | None, **headers: str) -> Dashboard:
        dashboard = Dashboard(server, cookie, **headers)
        opened.append(dashboard)
        return dashboard

    yield open_one
    for dashboard in opened:
        dashboard.close()
