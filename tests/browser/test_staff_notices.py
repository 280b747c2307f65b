"""The bell rings on an open live board, leads to the list by keyboard, and everybody chooses what rings."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_every_page import problems_of
from tests.browser.test_two_companies import NEIGHBOUR, OWNER
from tests.support.running_server import RunningServer
from tests.support.simulated_calls import RetellCall

pytestmark = pytest.mark.browser


def test_the_bell_rings_without_reloading_and_only_where_it_belongs(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    owner, neighbour = visit(OWNER), visit(NEIGHBOUR)
    other, board = neighbour.open_board(), owner.open_board()
    bell, quiet = board.locator("[data-bell]"), other.locator("[data-bell]").get_attribute("data-unread")
    before = int(bell.get_attribute("data-unread") or 0)
    retell_call = RetellCall(running_server)
    retell_call.start()
    retell_call.say("user", "Hilfe, mein Mann atmet nicht mehr.")
    expect(bell).to_have_attribute("data-unread", str(before + 1))
    expect(board.locator("[data-bell-words]")).to_have_text(f"ungelesen: {before + 1}")
    assert bell.locator("[data-bell-count]").is_visible()
    retell_call.end()
    bell.focus()
    board.keyboard.press("Enter")
    board.wait_for_url("**/notices")
    first = board.locator("#notices > li").first
    expect(first).to_contain_text("Notfall am Telefon")
    assert problems_of(board) == []
    first.get_by_role("link").click()
    board.wait_for_url("**/calls/*")
    expect(board.locator("[data-bell]")).to_have_attribute("data-unread", str(before))
    assert other.locator("[data-bell]").get_attribute("data-unread") == quiet


def test_a_choice_is_made_by_keyboard_and_kept(visit: Callable[..., Visit]) -> None:
    page = visit(OWNER).open("/dashboard")
    page.get_by_role("button", name=re.compile("Konto von")).click()
    page.locator("#me-menu").get_by_role("link", name="Meine Benachrichtigungen").click()
    tick = page.get_by_role("checkbox", name="Abgelehnte Zugangsdaten: Glocke")
    expect(tick).to_be_checked()
    for expected in (False, True):
        tick.focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Speichern").click()
        expect(page.get_by_text("Gespeichert.")).to_be_visible()
        expect(tick).to_be_checked(checked=expected)
    assert problems_of(page) == []


def test_a_push_is_shown_by_the_worker_of_our_origin(visit: Callable[..., Visit]) -> None:
    """Chromium delivers the message itself: no push service can be reached from here."""
    owner = visit(OWNER)
    owner.page.context.grant_permissions(["notifications"])
    page = owner.open("/account/notices")
    expect(page.locator("[data-push=off]")).to_be_visible()
    expect(page.get_by_role("button", name="Auf diesem Gerät einschalten")).to_be_visible()
    session, registrations = page.context.new_cdp_session(page), []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    page.wait_for_function("async () => (await navigator.serviceWorker.getRegistration('/static/js/'))?.active?.state === 'activated'")
    registration = next(each for each in registrations if each["scopeURL"].endswith("/static/js/"))
    data = '{"title": "Neuer Termin", "body": "Di. 12. Mai um 10:00", "path": "/notices/x", "tag": "x", "lang": "de"}'
    for _copy in range(2):
        message = {"origin": owner.url, "registrationId": registration["registrationId"], "data": data}
        session.send("ServiceWorker.deliverPushMessage", message)
    shown = "async () => (await (await navigator.serviceWorker.getRegistration('/static/js/')).getNotifications()).map((n) => n.title)"
    page.wait_for_function(f"async () => (await ({shown})()).length > 0")
    assert page.evaluate(shown) == ["Neuer Termin"]
    assert problems_of(page) == []


def test_when_the_push_service_does_not_answer_it_is_said(visit: Callable[..., Visit]) -> None:
    owner = visit(OWNER)
    owner.page.context.grant_permissions(["notifications"])
    refuse = "PushManager.prototype.subscribe = () => Promise.reject(new DOMException('no service', 'AbortError'))"
    owner.page.add_init_script(refuse)
    page = owner.open("/account/notices")
    page.get_by_role("button", name="Auf diesem Gerät einschalten").click()
    expect(page.get_by_role("alert").filter(has_text="der Push-Dienst Ihres Browsers nimmt dieses Gerät nicht an")).to_be_visible()
    expect(page.get_by_role("button", name="Auf diesem Gerät einschalten")).to_be_enabled()
    # a box half under the bars of the window is no small one
    page.evaluate("window.scrollTo(0, 0)")
    assert problems_of(page) == []
