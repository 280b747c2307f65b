"""Fixtures of the running product: the real server in a folder of its own, and a browser in front of it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.support.running_server import TOWN, RunningServer, copy_town

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def running_server(scratch: Path) -> Iterator[RunningServer]:
    """One server with the demo town for all tests that only use it."""
    with RunningServer(scratch / "server", **TOWN) as server:
        server.copy_town(scratch / "town")
        yield server


@pytest.fixture(scope="session")
def town(scratch: Path, running_server: RunningServer) -> Path:
    """The demo town as it was built, before anybody lived there; copied, it saves a server from building its own."""
    return scratch / "town"


@pytest.fixture
def start_server(scratch: Path, town: Path) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers for one test, with other variables: `start_server(DATABASE_URL=…)`; their demo town is a copy."""
    with ExitStack() as started:

        def start(**variables: str) -> RunningServer:
            instance = Path(tempfile.mkdtemp(prefix="servers", dir=scratch)) / "instance"
            copy_town(town, instance)
            return started.enter_context(RunningServer(instance, **(TOWN | variables)))

        yield start


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

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
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            return page

        yield open_page
    assert not errors


@pytest.fixture
def browser_page(new_page: Callable[..., "Page"]) -> "Page":
    return new_page()
