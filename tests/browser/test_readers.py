"""Readers of calls: search, filters and paging, one call, the other language, the dark theme, and all of it by keyboard."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, wait_until_handled
from tests.browser.test_two_companies import OWNER, card_of
from tests.support.running_server import DEMO_PASSWORD, RunningServer
from tests.support.simulated_calls import RetellCall

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
ROWS = "#calls-rows a.ap-rowlink"


@pytest.fixture
def talked(running_server: RunningServer) -> RetellCall:
    """A call that is over, with a word that no other one has."""
    retell_call = RetellCall(running_server, caller="+491713920090")
    retell_call.start()
    retell_call.say("agent", "Salon Lindgren, guten Tag.")
    retell_call.say("user", "Machen Sie auch Hochsteckfrisuren?")
    retell_call.use_tool("get_service_info")
    retell_call.add_tool_result()
    retell_call.say("agent", "Ja, gern.")
    retell_call.end()
    retell_call.analyze("Frage nach einer Hochsteckfrisur.")
    wait_until_handled(running_server)
    return retell_call


def find(page: "Page", words: str) -> None:
    page.fill("#search", words)
    page.wait_for_url(lambda url: "q=" in url)


def test_calls_are_found_by_words_numbers_and_ids(visit: Callable[..., Visit], talked: RetellCall) -> None:
    page = visit(OWNER).open("/calls?period=all")
    for words in (talked.mark, talked.call_id, "0171 3920090", f"hochsteckfris {talked.mark}"):
        page.goto("/calls?period=all")
        find(page, words)
        expect(page.locator(ROWS).first).to_be_visible()
        expect(page.locator("#calls-rows")).to_contain_text("3920090")
    find(page, "diesen Satz hat niemand gesagt")
    expect(page.locator("#calls")).to_contain_text("Kein Anruf mit")
    page.get_by_role("link", name="Suche leeren").click()
    expect(page.locator("#search")).to_have_value("")


def test_filters_narrow_and_pages_follow_without_doubles(visit: Callable[..., Visit]) -> None:
    page = visit(OWNER).open("/calls?period=month")
    page.click(".ap-chip[data-outcome=booked]")
    page.wait_for_url("**outcome=booked**")
    expect(page.locator(".ap-chip[data-outcome=booked]")).to_have_attribute("aria-pressed", "true")
    seen: list[str] = []
    for _ in range(3):
        seen = page.eval_on_selector_all(ROWS, "rows => rows.map((row) => row.getAttribute('href'))")
        more = page.locator("#pager a")
        if not more.count():
            break
        before = len(seen)
        more.click()
        page.wait_for_function("([selector, before]) => document.querySelectorAll(selector).length > before", arg=[ROWS, before])
    seen = page.eval_on_selector_all(ROWS, "rows => rows.map((row) => row.getAttribute('href'))")
    assert len(seen) > 50
    assert len(set(seen)) == len(seen)
    states = page.eval_on_selector_all(
        "#calls-rows tr:not(.ap-table__sep) td:nth-child(3)", "cells => cells.map((c) => c.innerText.trim())"
    )
    assert set(states) == {"Gebucht"}
    page.select_option("[name=period]", "yesterday")
    page.wait_for_url("**period=yesterday**")
    assert "outcome=booked" in page.url


def test_the_page_of_a_call_tells_all_of_it(visit: Callable[..., Visit], talked: RetellCall) -> None:
    page = visit(OWNER).open(f"/calls?q={talked.mark}&period=all")
    page.locator(ROWS).first.click()
    page.wait_for_url("**/calls/*")
    main = page.locator("main")
    for words in ("Machen Sie auch Hochsteckfrisuren?", "Frage nach einer Hochsteckfrisur.", "Auskunft", "Berlin-Mitte", "3920090"):
        expect(main).to_contain_text(words)
    expect(main).to_contain_text("call_started empfangen")
    fold = page.locator(".ap-fold").first
    assert not fold.evaluate("fold => fold.open")
    page.locator("[data-unfold]").first.click()
    assert fold.evaluate("fold => fold.open")


def test_a_running_call_grows_on_its_own_page(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    retell_call = RetellCall(running_server, caller="+491713920089")
    retell_call.start()
    first = retell_call.say("agent", "Guten Tag.")
    owner = visit(OWNER)
    board = owner.open_board()
    card_of(board, retell_call).locator("[data-part=open]").click()
    board.wait_for_url("**/calls/*")
    expect(board.locator("main")).to_contain_text(first)
    said = retell_call.say("user", "Ich hätte eine Frage.")
    expect(board.locator("main")).to_contain_text(said)
    retell_call.end()
    retell_call.analyze("Eine Frage.")
    expect(board.locator("main")).to_contain_text(f"Eine Frage. {retell_call.mark}")


def test_the_other_language_and_the_dark_theme_stay(visit: Callable[..., Visit]) -> None:
    """Kept with the person, so they are the same in the next browser."""
    reader = visit("books@salon-lindgren.example")
    page = reader.open("/calls")
    expect(page.locator("h1")).to_have_text("Anrufe")
    choose(page, "language", "en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Calls")
    choose(page, "theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    other = visit("books@salon-lindgren.example").open("/calls")
    expect(other.locator("h1")).to_have_text("Calls")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    choose(other, "theme", "light")
    assert other.evaluate("() => getComputedStyle(document.body).backgroundColor") != dark
    choose(other, "language", "de")
    expect(other.locator("h1")).to_have_text("Anrufe")


def test_the_sign_in_page_speaks_both_languages(visit: Callable[..., Visit]) -> None:
    page = visit(None).open("/login")
    expect(page.locator("h1")).to_have_text("Willkommen zurück")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).not_to_have_text("Willkommen zurück")


def test_from_sign_in_to_a_call_by_keyboard_alone(visit: Callable[..., Visit], talked: RetellCall) -> None:
    page = visit(None).open("/login")
    assert focused(page)["name"] == "email", "one may type at once"
    page.keyboard.type(OWNER)
    press_until(page, lambda at: at["name"] == "password")
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/live")
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "Zum Inhalt"
    press_until(page, lambda at: at["href"].endswith("/calls") and "Anrufe" in at["text"])
    assert ring_of(page), "the focus is to be seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)"), "the navigation was skipped"
    press_until(page, lambda at: re.search(r"/calls/\w{26}$", at["href"]) is not None)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: bool(re.search(r"/calls/\w{26}$", url)))
    expect(page.locator("h1")).to_be_visible()


def choose(page: "Page", name: str, value: str) -> None:
    page.locator("[popovertarget=me-menu]").click()
    page.locator(f"#me-menu [name={name}][value={value}]").click()
    page.wait_for_load_state()


def focused(page: "Page") -> dict[str, str]:
    return dict(
        page.evaluate(
            """() => {
              const at = document.activeElement;
              return { name: at.name ?? '', href: at.getAttribute?.('href') ?? '', text: (at.innerText ?? '').trim() };
            }"""
        )
    )


def press_until(page: "Page", is_there: Callable[[dict[str, str]], bool], *, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if is_there(focused(page)):
            return
    raise AssertionError(f"Not reached by {most} tabs, last at {focused(page)}")


def ring_of(page: "Page") -> bool:
    return bool(
        page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && s.outlineWidth !== '0px'; }"
        )
    )
