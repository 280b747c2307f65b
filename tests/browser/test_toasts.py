"""What an action says at the lower edge: good news leaves by itself, bad news is closed by hand, also with the keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_two_companies import OWNER
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.browser
A_MINUTE_MS = 60_000


def test_bad_news_stays_until_it_is_closed(visit: Callable[..., Visit], start_server: Callable[..., RunningServer]) -> None:
    page = visit(OWNER, server=start_server()).page
    page.clock.install()
    page.goto("/bookings")
    bookings = page.eval_on_selector_all("a[href^='/bookings/0']", "links => links.map((link) => link.getAttribute('href'))")
    toast = page.locator("#toasts [data-toast]")
    for booking, close in zip(bookings[-2:], ("Enter", "Escape"), strict=True):
        page.goto(booking)
        page.locator("details:has(form[action$='/cancel']) summary").click()
        page.locator("form[action$='/cancel'] button").click()
        expect(toast.get_by_role("link", name="einrichten")).to_be_visible()
        page.clock.fast_forward(A_MINUTE_MS)
        expect(toast).to_have_count(1)
        toast.get_by_role("button", name="Schließen").focus()
        page.keyboard.press(close)
        expect(toast).to_have_count(0)
    page.get_by_label("Was das Team wissen sollte").fill("Ruft zurück.")
    page.get_by_role("button", name="Speichern").click()
    expect(toast).to_have_text("Notiz gespeichert.")
    page.clock.fast_forward(A_MINUTE_MS)
    expect(toast).to_have_count(0)
