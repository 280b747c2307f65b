"""The live board's script in a real browser: order of events, lost wire, and what a reader then sees."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.running_server import DEMO_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ORDER = """async ({gapless, seqs, missing}) => {
  const { Sequence } = await import('/static/js/live/sequence.js');
  const applied = [], requested = [];
  const sequence = new Sequence({
    apply: (_name, envelope) => applied.push(envelope.seq),
    catchUp: async (since) => { requested.push(since); return missing; },
    reload: () => applied.push('reload'),
    gapTimeout: 20,
  });
  sequence.gapless = gapless;
  sequence.startAt(10);
  for (const seq of seqs) sequence.receive('call.updated', { seq });
  await new Promise((done) => setTimeout(done, 120));
  return { applied, requested };
}"""
MOVES = """async (events) => {
  const { CallStore, stageOf } = await import('/static/js/live/call_store.js');
  const store = new CallStore();
  const stages = [];
  for (const [name, data] of events) {
    store.apply(name, { call: 'c', at: '2026-11-20T10:00:00+00:00', data });
    stages.push(store.calls.has('c') ? stageOf(store.calls.get('c')) : 'gone');
    store.removeExpired();
  }
  const turns = [...store.calls.values()].flatMap((call) => call.turns.map((turn) => turn.text));
  return { stages, turns, cards: store.calls.size, ended: store.ended.map((call) => call.outcome) };
}"""


def _call(status: str, **values: Any) -> dict[str, Any]:
    return {
        "id": "c",
        "status": status,
        "outcome": None,
        "started_at": "2026-11-20T10:00:00+00:00",
        "last_turns": [],
        "tool": None,
        **values,
    }


def _event(seq: int) -> dict[str, Any]:
    return {"event": "call.updated", "seq": seq}


@pytest.mark.parametrize(
    ("gapless", "seqs", "missing", "applied", "requested"),
    [
        (True, [11, 12, 13], {}, [11, 12, 13], []),
        (True, [11, 11, 10, 12], {}, [11, 12], []),
        (True, [12, 11, 13], {}, [11, 12, 13], []),
        (True, [11, 14], {"events": [_event(12), _event(13)], "seq": 13}, [11, 12, 13, 14], [11]),
        (True, [13], {"events": [_event(12), _event(13), _event(14)], "seq": 14}, [12, 13, 14], [10]),
        (True, [13], {"reload": True}, ["reload"], [10]),
        (False, [12, 17, 15], {}, [12, 17], []),
    ],
)
def test_events_apply_once_and_in_order(
    browser_page: "Page", gapless: bool, seqs: list[int], missing: dict[str, Any], applied: list[Any], requested: list[int]
) -> None:
    browser_page.goto("/login")
    told = browser_page.evaluate(ORDER, {"gapless": gapless, "seqs": seqs, "missing": missing})
    assert told == {"applied": applied, "requested": requested}


def test_a_call_moves_along_the_thread_and_leaves_for_the_list(browser_page: "Page") -> None:
    browser_page.goto("/login")
    told = browser_page.evaluate(
        MOVES,
        [
            ["call.started", _call("ringing")],
            ["message.sent", {"index": 0, "role": "agent", "text": "Guten Tag.", "start_s": 0}],
            ["message.received", {"index": 1, "role": "caller", "text": "Ich", "start_s": 2}],
            ["message.received", {"index": 1, "role": "caller", "text": "Ich hätte gern", "start_s": 2}],
            ["tool.started", {"tool_call_id": "t", "name": "check_availability"}],
            ["tool.finished", {"tool_call_id": "t", "name": "check_availability", "ok": True}],
            ["hold.placed", {"hold": "h", "starts_at": "2026-11-21T10:00:00+00:00", "expires_at": "2026-11-20T10:05:00+00:00"}],
            ["booking.made", {"id": "b", "starts_at": "2026-11-21T10:00:00+00:00"}],
        ],
    )
    assert told["stages"] == ["ringing", "talking", "talking", "talking", "tool", "talking", "held", "booked"]
    assert told["turns"] == ["Guten Tag.", "Ich hätte gern"]
    ended = browser_page.evaluate(
        MOVES,
        [["call.started", _call("ongoing")], ["call.completed", _call("ended")], ["call.analyzed", _call("ended", outcome="callback")]],
    )
    assert (ended["cards"], ended["ended"]) == (0, ["callback"])


def test_without_a_wire_the_board_asks_and_without_answers_it_says_so(new_page: Callable[..., "Page"]) -> None:
    page = new_page()
    _sign_in(page)
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto("/live")
    page.wait_for_selector("text=Wir fragen alle 4 Sekunden nach")
    page.route("**/live/state", lambda route: route.abort())
    page.wait_for_selector("text=Verbindung unterbrochen")
    assert page.locator("[data-part=polling]").is_hidden()


def test_the_navigation_folds_and_stays_folded(new_page: Callable[..., "Page"]) -> None:
    page = new_page()
    _sign_in(page)
    page.click("[data-nav-toggle]")
    page.goto("/calls")
    assert page.get_attribute("body", "data-nav") == "slim"
    page.keyboard.press("Control+k")
    assert page.evaluate("() => document.activeElement.hasAttribute('data-search')")


def test_a_search_swaps_the_list_and_keeps_the_address(new_page: Callable[..., "Page"]) -> None:
    page = new_page()
    _sign_in(page)
    page.goto("/calls?period=all")
    page.click(".ap-chip[data-outcome=booked]")
    page.wait_for_url("**outcome=booked**")
    page.wait_for_selector(".ap-chip[data-outcome=booked][aria-pressed=true]")
    before = page.locator("#calls-rows a.ap-rowlink").count()
    if page.locator("#pager a").count():
        page.click("#pager a")
        page.wait_for_function("(before) => document.querySelectorAll('#calls-rows a.ap-rowlink').length > before", arg=before)
    page.fill("#search", "gibt es nicht xyz")
    page.wait_for_selector("text=Kein Anruf mit")
    page.go_back()
    page.wait_for_selector(".ap-chip[data-outcome=booked][aria-pressed=true]")


def _sign_in(page: "Page") -> None:
    page.goto("/login")
    page.fill("#email", "owner@salon-lindgren.example")
    page.fill("#password", DEMO_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
