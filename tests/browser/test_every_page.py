"""Every page that can be reached by links: no console error, nothing that its policy refuses or axe finds, none wider than its screen."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Visit
from tests.browser.test_support import SUPPORT
from tests.browser.test_two_companies import OWNER
from tests.support.running_server import RunningServer
from tests.support.simulated_calls import RetellCall

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
MOST_PAGES = 60
LEAVES = re.compile(r"/logout|/static/|\.ics|\.csv|/export|/download|/health|/metrics")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# what a theme or a width changes; all other rules see the same page again
LOOKS = ["color-contrast", "target-size", "scrollable-region-focusable", "region", "label-content-name-mismatch"]
# a colour is wrong in a theme, a place at a width, rarely in one pair of both only
SHOWN_AS = [("light", 1440), ("dark", 390)]
# pages to which no link leads
FIRST = {
    OWNER: ["/dashboard", "/live", "/wallboard", "/calls?q=das+hat+niemand+gesagt&period=all"],
    SUPPORT: ["/admin/unassigned", "/admin/webhooks"],
}


@pytest.fixture(scope="module")
def talked(running_server: RunningServer) -> str:
    """A call with turns and a tool of which the pages tell, and one to a number of nobody; gives that number."""
    retell_call, lost = RetellCall(running_server, caller="+491713920088"), RetellCall(running_server, number="+493023125966")
    for each in (retell_call, lost):
        each.start()
        each.say("agent", "Guten Tag.")
        each.use_tool("check_availability")
        each.add_tool_result()
        each.say("user", "Ich hätte gern einen Termin.")
    retell_call.end()
    retell_call.analyze("Terminwunsch.")
    return lost.number


@pytest.mark.parametrize("who", [OWNER, SUPPORT])
def test_no_page_complains(visit: Callable[..., Visit], talked: str, who: str) -> None:
    """Each kind of address once, in each theme and at each width; the console's errors fail it at the end."""
    visited = visit(who)
    waiting, seen, found = list(FIRST[who]), set(), {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if _kind(path) in seen:
            continue
        seen.add(_kind(path))
        answer = visited.page.goto(path, wait_until="load")
        assert answer is not None and answer.status == 200, path
        if problems := problems_of(visited.page):
            found[path] = problems
        assert visited.violations == [], path
        assert "<a " not in visited.page.locator("body").inner_text(), path
        links = visited.page.eval_on_selector_all("a[href^='/']", "links => links.map((link) => link.getAttribute('href'))")
        waiting += [link for link in links if not LEAVES.search(link)]
    assert found == {}
    assert len(seen) >= 4


def test_the_pages_of_everybody_do_not_complain_either(visit: Callable[..., Visit]) -> None:
    """Signing in, and an address that does not exist, of which the console may say that it was not found."""
    visited = visit(None)
    assert {path: problems for path in ("/login", "/api/docs", "/nichts") if (problems := _problems_at(visited, path))} == {}
    visited.complaints[:] = [complaint for complaint in visited.complaints if "status of 404" not in complaint]


def _problems_at(visited: Visit, path: str) -> list[str]:
    return problems_of(visited.open(path))


def problems_of(page: "Page") -> list[str]:
    """What axe finds on the page that is open, in each theme and at each width, and where it is too wide."""
    page.evaluate(AXE.read_text())
    found: list[str] = []
    for place, (theme, width) in enumerate(SHOWN_AS):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        options = {"runOnly": RULES} if place == 0 else {"runOnly": {"type": "rule", "values": LOOKS}}
        # what is still fading in has not its colours yet
        page.evaluate(
            "() => Promise.allSettled(document.getAnimations().filter((a) => a.effect.getTiming().iterations < 9).map((a) => a.finished))"
        )
        if page.evaluate("() => document.scrollingElement.scrollWidth > innerWidth"):
            found.append(f"{theme} {width} the page is wider than the screen")
        result = page.evaluate("options => axe.run(document, { ...options, resultTypes: ['violations'] })", options)
        found += [
            f"{theme} {width} {violation['id']}: {node['target']} {node['failureSummary'][:200]}"
            for violation in result["violations"]
            for node in violation["nodes"][:3]
        ]
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def _kind(path: str) -> str:
    """The address with what names one row or one choice left out."""
    return re.sub(r"/(\d+|[0-9A-HJKMNP-TV-Z]{26})(?=/|$)", "/x", path.split("#")[0].split("?")[0])
