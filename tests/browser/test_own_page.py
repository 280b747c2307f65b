"""A caller's own page on a phone, in German and in English: seen, put into the calendar, moved, cancelled; a dead link says what to do."""

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Visit
from tests.support.running_server import DATABASE, RunningServer
from tests.support.waiting import HANGS_AFTER_S

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
WORDS = {
    "de-DE": ("Ihr Termin", "In meinen Kalender", "Verschieben", "ist verschoben", "Termin absagen", "Jetzt absagen", "ist abgesagt"),
    "en-GB": ("Your appointment", "Add to my calendar", "Move", "moved", "Cancel the appointment", "Cancel now", "is cancelled"),
}
COMING = """
    SELECT bookings.company_id, bookings.id FROM bookings JOIN companies ON companies.id = bookings.company_id
    WHERE companies.slug LIKE 'salon%' AND bookings.status = 'confirmed' AND bookings.visit_id IS NULL
    AND bookings.starts_at > datetime('now', '+3 days') ORDER BY bookings.starts_at LIMIT 1 OFFSET ?
"""


def link_to_a_booking(server: RunningServer, which: int, *, until: str = "2099-01-01 00:00:00.000000") -> str:
    """The path of a page of the demo town, for the booking of that number among those to come."""
    token = secrets.token_urlsafe(32)
    with closing(sqlite3.connect(server.instance / DATABASE, timeout=HANGS_AFTER_S)) as town, town:
        company_id, booking_id = town.execute(COMING, (which,)).fetchone()
        row = (hashlib.sha256(token.encode()).hexdigest(), company_id, booking_id, "2026-01-01 00:00:00.000000", until)
        town.execute("INSERT INTO booking_links (token_hash, company_id, booking_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)", row)
    return f"/b/{token}"


def link_to_all_of_a_customer(server: RunningServer, which: int) -> str:
    """The path of the page of all that the customer of such a booking has ahead."""
    token = secrets.token_urlsafe(32)
    with closing(sqlite3.connect(server.instance / DATABASE, timeout=HANGS_AFTER_S)) as town, town:
        company_id, booking_id = town.execute(COMING, (which,)).fetchone()
        (customer_id,) = town.execute("SELECT customer_id FROM bookings WHERE id = ?", (booking_id,)).fetchone()
        (call_id,) = town.execute("SELECT id FROM calls WHERE company_id = ? LIMIT 1", (company_id,)).fetchone()
        row = (hashlib.sha256(token.encode()).hexdigest(), call_id, customer_id, "+491713920050", company_id)
        town.execute(
            "INSERT INTO customer_links (token_hash, call_id, customer_id, sent_to, company_id, created_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, '2026-01-01 00:00:00.000000', '2099-01-01 00:00:00.000000')",
            row,
        )
    return f"/b/{token}"


def test_a_caller_goes_from_all_appointments_to_one(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    page = visit(None, viewport=PHONE).open(link_to_all_of_a_customer(running_server, 2))
    assert page.get_by_role("heading", level=1).inner_text() == "Ihre Termine"
    first = page.locator(".ap-slot__when").first.inner_text()
    page.get_by_role("button", name="Ansehen, verschieben oder absagen").first.click()
    page.get_by_role("heading", name="Ihr Termin", exact=True).wait_for()
    assert shown_time(page) == first


def shown_time(page: "Page") -> str:
    return page.locator(".ap-slot__when").inner_text()


def background_of(element: "Locator") -> str:
    return element.evaluate("element => getComputedStyle(element).backgroundColor")


@pytest.mark.parametrize(("locale", "which"), [("de-DE", 0), ("en-GB", 1)])
def test_a_caller_sees_keeps_moves_and_cancels_the_appointment(
    visit: Callable[..., Visit], running_server: RunningServer, locale: str, which: int
) -> None:
    title, keep, move, moved, cancel, surely, gone = WORDS[locale]
    page = visit(None, locale=locale, viewport=PHONE).open(link_to_a_booking(running_server, which))
    assert page.get_by_role("heading", level=1).inner_text() == title
    with page.expect_download() as kept:
        page.get_by_role("link", name=keep).click()
    assert "BEGIN:VEVENT" in kept.value.path().read_text()

    before = shown_time(page)
    page.get_by_role("link", name=move, exact=True).click()
    times = page.locator("a.ap-chip[href*='chosen=']")
    times.nth(3).wait_for()
    new_time = times.last.inner_text()
    times.last.click()
    chosen, others = page.locator("a.ap-chip[aria-current=true]"), page.locator("a.ap-chip:not([aria-current])")
    chosen.wait_for()
    assert background_of(chosen) != background_of(others.first)
    assert shown_time(page) == before
    page.locator("form[action$='/move'] button").click()
    page.get_by_role("status").filter(has_text=moved).wait_for()
    assert shown_time(page) != before and new_time in shown_time(page)

    page.locator("summary", has_text=cancel).click()
    page.get_by_role("button", name=surely).click()
    page.get_by_role("status").filter(has_text=gone).wait_for()
    assert not page.get_by_role("link", name=move, exact=True).count()


def test_the_language_is_changed_on_the_page(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    page = visit(None, viewport=PHONE).open(link_to_a_booking(running_server, 2))
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="Your appointment").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("what", ["expired", "foreign"])
def test_a_dead_link_says_what_to_do_and_not_whose_it_was(visit: Callable[..., Visit], running_server: RunningServer, what: str) -> None:
    expired = link_to_a_booking(running_server, 3, until="2020-01-01 00:00:00.000000")
    visited = visit(None, viewport=PHONE, troubled=True)
    page = visited.open(expired if what == "expired" else f"/b/{secrets.token_urlsafe(32)}")
    page.get_by_role("heading", name="Dieser Link gilt nicht mehr").wait_for()
    assert "Salon" not in page.content() and not re.search(r"/login", page.content())
