"""The calendar in a browser: a booking made by keyboard, dragged and taken back, cancelled, and seen on a second screen at once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.support.running_server import DEMO_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def calendar_day(weeks: int) -> str:
    """A Tuesday far enough away that the demo town has no appointments."""
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    return (today + timedelta(days=(1 - today.weekday()) % 7 + 7 * weeks)).isoformat()


def opened(new_page: Callable[..., "Page"], day: str) -> "Page":
    page = new_page()
    page.goto("/login")
    page.fill("[name=email]", "frontdesk@salon-lindgren.example")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"/calendar?day={day}")
    page.wait_for_selector(".ap-cal")
    return page


def book(page: "Page", name: str, time: str) -> "Locator":
    """By keyboard alone: N, name, number, no e-mail address, service, person, time, Enter."""
    page.keyboard.press("n")
    page.wait_for_selector("#calendar-sheet[open]")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("0171 3920068")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Damen")
    page.keyboard.press("Tab")
    page.keyboard.type("Mara")
    page.locator("#calendar-sheet [name=time]").fill(time)
    page.keyboard.press("Enter")
    block = page.locator(f'[data-booking]:has-text("{name}")')
    block.wait_for()
    return block


def rows_from_top(block: "Locator") -> int:
    found = re.search(r"\bat-(\d+)\b", block.get_attribute("class") or "")
    assert found
    return int(found[1])


def test_a_caller_is_booked_by_keyboard_and_a_second_screen_sees_it(new_page: Callable[..., "Page"]) -> None:
    day = calendar_day(20)
    here, there = opened(new_page, day), opened(new_page, day)
    block = book(here, "Wiebke Tiedemann", "10:00")
    assert "Damenschnitt" in block.inner_text()
    assert not here.locator("#calendar-sheet[open]").count()
    there.locator('[data-booking]:has-text("Wiebke Tiedemann")').wait_for()


def test_a_block_is_moved_with_the_mouse_and_back_with_undo_on_both_screens(new_page: Callable[..., "Page"]) -> None:
    day = calendar_day(21)
    here, there = opened(new_page, day), opened(new_page, day)
    block = book(here, "Henning Vos", "10:00")
    before = rows_from_top(block)
    other = there.locator('[data-booking]:has-text("Henning Vos")')
    other.wait_for()
    box = block.bounding_box()
    assert box
    here.mouse.move(box["x"] + 40, box["y"] + 10)
    here.mouse.down()
    here.mouse.move(box["x"] + 40, box["y"] + 60, steps=4)
    here.mouse.move(box["x"] + 40, box["y"] + 10 + 7 * 12, steps=4)
    here.mouse.up()
    here.locator(f'[data-booking].at-{before + 12}:has-text("Henning Vos")').wait_for()
    there.locator(f'[data-booking].at-{before + 12}:has-text("Henning Vos")').wait_for()
    assert not here.locator("#calendar-sheet[open]").count()
    here.get_by_role("button", name="Rückgängig").click()
    here.locator(f'[data-booking].at-{before}:has-text("Henning Vos")').wait_for()
    there.locator(f'[data-booking].at-{before}:has-text("Henning Vos")').wait_for()


def test_arrow_keys_move_a_block_and_the_sheet_cancels_it(new_page: Callable[..., "Page"]) -> None:
    page = opened(new_page, calendar_day(22))
    block = book(page, "Rosa Amendt", "11:00")
    before = rows_from_top(block)
    block.focus()
    page.keyboard.press("Alt+ArrowDown")
    page.locator(f'[data-booking].at-{before + 3}:has-text("Rosa Amendt")').wait_for()
    page.keyboard.press("Enter")
    page.wait_for_selector("#calendar-sheet[open]")
    page.get_by_text("Termin absagen").click()
    page.locator("#calendar-sheet [name=reason]").fill("krank")
    page.get_by_role("button", name="Absagen", exact=True).click()
    block.wait_for(state="detached")


def test_a_press_on_closed_time_says_why_and_on_free_time_offers_it(new_page: Callable[..., "Page"]) -> None:
    page = opened(new_page, calendar_day(23))
    page.locator(".ap-closed").first.click()
    page.get_by_text("Warum ist das nicht frei?").wait_for()
    page.keyboard.press("Escape")
    page.locator(".ap-cal__col").first.click(position={"x": 60, "y": 7 * 36 + 3})
    page.wait_for_selector("#calendar-sheet[open] [name=time]")
    assert page.locator("#calendar-sheet [name=time]").input_value() == "11:00"
    assert page.locator("#calendar-sheet [name=staff_id]").input_value()


def test_the_desk_overbooks_by_keyboard_and_both_stand_beside_each_other(new_page: Callable[..., "Page"]) -> None:
    page = opened(new_page, calendar_day(24))
    first = book(page, "Lore Amtmann", "10:00")
    page.keyboard.press("n")
    page.wait_for_selector("#calendar-sheet[open]")
    page.keyboard.type("Veit Brunner")
    sheet = page.locator("#calendar-sheet")
    sheet.locator("[name=service_id]").select_option(label="Damenschnitt, 45 Min.")
    sheet.locator("[name=staff_id]").select_option(label="Mara Lindgren")
    sheet.locator("[name=time]").fill("10:15")
    page.keyboard.press("Enter")
    sheet.get_by_role("alert").get_by_text("hat dann schon einen Termin").wait_for()
    # Enter books only what is free
    sheet.locator("[name=name]").focus()
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        page.keyboard.press("Enter")
    assert refused.value.status == 409
    assert page.locator('[data-booking]:has-text("Veit Brunner")').count() == 0
    sheet.locator("[name=override_note]").fill("Wartet gern")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    second = page.locator('[data-booking]:has-text("Veit Brunner")')
    second.wait_for()
    assert "überbucht" in second.inner_text()
    left, right = first.bounding_box(), second.bounding_box()
    assert left and right and left["x"] + left["width"] <= right["x"] + 1


def test_a_move_to_closed_time_asks_in_the_sheet(new_page: Callable[..., "Page"]) -> None:
    page = opened(new_page, calendar_day(25))
    block = book(page, "Arno Felber", "10:00")
    block.focus()
    page.keyboard.press("Enter")
    sheet = page.locator("#calendar-sheet[open]")
    sheet.locator("[name=time]").fill("21:30")
    sheet.get_by_role("button", name="Verschieben", exact=True).click()
    sheet.get_by_role("heading", name="Trotzdem verschieben?").wait_for()
    assert sheet.get_by_role("alert").inner_text() == "Zu dieser Zeit ist geschlossen."
    sheet.get_by_role("button", name="Trotzdem verschieben").click()
    page.locator('[data-booking]:has-text("außerhalb der Öffnungszeiten")').wait_for()
    page.get_by_role("button", name="Rückgängig").click()
    page.locator('[data-booking]:has-text("außerhalb der Öffnungszeiten")').wait_for(state="detached")
