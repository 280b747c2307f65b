"""People in front of the screen: each with a browser of their own that notes all that it hears and all that goes wrong."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.running_server import DATABASE, DEMO_PASSWORD, RunningServer
from tests.support.waiting import HANGS_AFTER_S, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocket

# told as they happen: a page that is left takes what it knows with it
REPORT_VIOLATIONS = """
  document.addEventListener('securitypolicyviolation', (event) =>
    window.reportViolation(`${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`));
"""


@dataclass
class Visit:
    """A person at a page. `troubled` is for those whose server is taken away: failed requests are then no fault of the page."""

    page: "Page"
    url: str
    troubled: bool = False
    frames: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.expose_function("reportViolation", self._hear_of_violation)
        self.page.add_init_script(REPORT_VIOLATIONS)
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._hear)

    def sign_in(self, email: str) -> "Visit":
        self.page.goto("/login")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", DEMO_PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def open(self, path: str) -> "Page":
        """Opens the page; what its policy refused is a complaint."""
        self.page.goto(path)
        return self.page

    def open_board(self) -> "Page":
        """The live board, once it is connected."""
        self.open("/live")
        self.page.locator("[data-part=connection-word]", has_text=re.compile("Verbunden|Connected")).wait_for()
        return self.page

    @property
    def heard(self) -> list[dict[str, Any]]:
        """All live events that came through the socket, pushed or caught up with, in the order of their coming."""
        found: list[dict[str, Any]] = []
        for frame in self.frames:
            packet = re.match(r"4[23]\d*(\[.*)$", frame, re.S)
            for part in json.loads(packet[1]) if packet else []:
                if isinstance(part, dict) and "company" in part:
                    found.append(part)
                elif isinstance(part, dict) and "events" in part:
                    found.extend(part["events"])
        return found

    def _listen(self, socket: "WebSocket") -> None:
        socket.on("framereceived", lambda frame: self.frames.append(frame if isinstance(frame, str) else frame.decode(errors="replace")))

    def _hear_of_violation(self, violation: str) -> None:
        self.violations.append(violation)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not (self.troubled and re.search(r"Failed to load resource|WebSocket|fetch", message.text)):
            self.complaints.append(f"{self.page.url}: {message.text}")


def wait_until_handled(server: RunningServer) -> None:
    """Wait until nothing that was sent is still to be worked through: a page that is opened afterwards shows it."""
    with closing(sqlite3.connect(server.instance / DATABASE, timeout=HANGS_AFTER_S)) as town:
        pending = "SELECT EXISTS (SELECT 1 FROM webhook_events WHERE status = 'pending')"
        wait_until(lambda: town.execute(pending).fetchone() == (0,), "an empty inbox")


@pytest.fixture
def visit(browser: "Browser", running_server: RunningServer) -> Iterator[Callable[..., Visit]]:
    """Opens a browser for one more person: `visit("owner@…")`, `visit(None)` for nobody, `visit(…, server=other)`."""
    visits: list[Visit] = []
    with ExitStack() as opened:

        def open_browser(email: str | None, *, server: RunningServer = running_server, troubled: bool = False, **options: Any) -> Visit:
            viewport = {"width": 1440, "height": 900}
            settings = {"base_url": server.url, "locale": "de-DE", "timezone_id": "Europe/Berlin", "viewport": viewport}
            context = browser.new_context(**(settings | options))
            opened.callback(context.close)
            context.set_default_timeout(HANGS_AFTER_S * 1000)
            visits.append(Visit(context.new_page(), server.url, troubled))
            return visits[-1].sign_in(email) if email else visits[-1]

        yield open_browser
    assert [complaint for visited in visits for complaint in visited.complaints] == []
    assert [violation for visited in visits for violation in visited.violations] == []
