"""Fixtures of the running product: the real server in a folder of its own, and a browser in front of it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.support.running_server import DEMO_VARIABLES, RunningServer, copy_demo_data
from tests.support.waiting import HANGS_AFTER_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def running_server(scratch: Path) -> Iterator[RunningServer]:
    """One server with the demo data, for all tests that do not change its processes."""
    with RunningServer(scratch / "server", **DEMO_VARIABLES) as server:
        server.copy_demo_data(scratch / "demo_data")
        yield server


@pytest.fixture(scope="session")
def demo_data(scratch: Path, running_server: RunningServer) -> Path:
    """The demo data as it was seeded, before any test used the server; a copy saves a server from seeding its own."""
    return scratch / "demo_data"


@pytest.fixture
def start_server(scratch: Path, demo_data: Path) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers for one test, with other variables: `start_server(DATABASE_URL=…)`; their demo data is a copy."""
    with ExitStack() as started:

        def start(**variables: str) -> RunningServer:
            instance = Path(tempfile.mkdtemp(prefix="servers", dir=scratch)) / "instance"
            copy_demo_data(demo_data, instance)
            return started.enter_context(RunningServer(instance, **(DEMO_VARIABLES | variables)))

        yield start


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=HANGS_AFTER_S * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: "Browser", running_server: RunningServer) -> Iterator[Callable[..., "Page"]]:
    """Opens pages of different people, each with cookies of their own; an error in a page's script fails the test."""
    errors: list[str] = []
    with ExitStack() as opened:

        def open_page(**options: object) -> "Page":
            viewport = {"width": 1440, "height": 900}
            settings = {"base_url": running_server.url, "locale": "de-DE", "timezone_id": "Europe/Berlin", "viewport": viewport}
            context = browser.new_context(**(settings | options))
            opened.callback(context.close)
            context.set_default_timeout(HANGS_AFTER_S * 1000)
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            return page

        yield open_page
    assert not errors


@pytest.fixture
def browser_page(new_page: Callable[..., "Page"]) -> "Page":
    return new_page()
