"""Support at work: a number that nobody owns gets an owner, and what waited appears; a webhook is worked through once more."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, wait_until_handled
from tests.browser.test_two_companies import OWNER, card_of
from tests.support.running_server import RunningServer
from tests.support.simulated_calls import RetellCall

pytestmark = pytest.mark.browser
SUPPORT = "support@askproai.example"


def test_a_call_to_an_unknown_number_appears_once_support_gives_it_an_owner(
    visit: Callable[..., Visit], running_server: RunningServer
) -> None:
    retell_call = RetellCall(running_server, number="+493023125977", caller="+491713920093")
    retell_call.start()
    said = retell_call.say("user", "Ist da der Salon?")
    wait_until_handled(running_server)
    owner, support = visit(OWNER), visit(SUPPORT, troubled=True)
    board = owner.open_board()
    expect(card_of(board, retell_call)).to_have_count(0)
    page = support.open("/admin/unassigned")
    row = page.locator("tr", has_text="030 23125977")
    expect(row).to_contain_text("1")
    row.locator("a").first.click()
    form = page.locator("form", has=page.locator("[name=branch_id]"))
    form.get_by_role("button", name="Nummer zuordnen").click()
    expect(form.locator("[name=branch_id]")).to_have_attribute("aria-invalid", "true")
    form.locator("[name=branch_id]").select_option(label="Berlin-Pankow")
    form.locator("[name=note]").fill("Neue Nummer der Filiale, laut Anruf der Inhaberin.")
    form.get_by_role("button", name="Nummer zuordnen").click()
    expect(page.locator("#toasts")).to_contain_text("zugeordnet")
    expect(row).to_have_count(0)
    card = card_of(board, retell_call)
    expect(card).to_be_visible()
    expect(card).to_contain_text(said)
    expect(card).to_contain_text("Berlin-Pankow")
    retell_call.end()
    expect(card).to_have_count(0)


def test_a_webhook_is_worked_through_once_more_and_changes_nothing(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    retell_call = RetellCall(running_server, caller="+491713920092")
    retell_call.start()
    retell_call.say("agent", "Guten Tag.")
    retell_call.end()
    retell_call.analyze("Kurzes Gespräch.")
    wait_until_handled(running_server)
    support, owner = visit(SUPPORT), visit(OWNER)
    page = support.open(f"/admin/webhooks?call={retell_call.call_id}")
    rows = page.locator("#events tr")
    expect(rows.filter(has_text="Verarbeitet")).to_have_count(4)
    before = _call_page(owner, retell_call)
    rows.filter(has_text="call_ended").locator("a").click()
    expect(page.locator("h1")).to_have_text("call_ended")
    payload = page.locator("pre")
    expect(payload).to_contain_text(retell_call.call_id)
    assert retell_call.mark not in payload.inner_text(), "what people said is hidden"
    page.get_by_role("button", name="Noch einmal verarbeiten").click()
    expect(page.locator("#toasts")).to_contain_text("noch einmal verarbeitet")
    wait_until_handled(running_server)
    page.goto(f"/admin/webhooks?call={retell_call.call_id}")
    expect(rows.filter(has_text="Verarbeitet")).to_have_count(4)
    assert _call_page(owner, retell_call) == before


def test_the_whole_body_is_shown_for_a_reason_only(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    retell_call = RetellCall(running_server, caller="+491713920091")
    retell_call.start()
    retell_call.say("user", "Nur für mich.")
    retell_call.end()
    page = visit(SUPPORT).open(f"/admin/webhooks?call={retell_call.call_id}")
    page.locator("#events tr", has_text="call_ended").locator("a").click()
    assert retell_call.mark not in page.content()
    page.get_by_text("Ungekürzt zeigen").click()
    page.fill("[name=reason]", "Die Inhaberin fragt, was gesagt wurde.")
    page.get_by_role("button", name="Inhalt zeigen").click()
    expect(page.locator("pre")).to_contain_text(retell_call.mark)


def test_webhooks_and_calls_are_filtered_from_the_keyboard_and_the_filters_stay_in_the_address(
    visit: Callable[..., Visit], running_server: RunningServer
) -> None:
    page = visit(SUPPORT).open("/admin/webhooks")
    for path in ("/admin/webhooks", "/admin/calls"):
        page.goto(path)
        page.keyboard.press("Control+k")
        expect(page.locator("#number")).to_be_focused()
        page.keyboard.type("030 23125100")
        page.keyboard.press("Tab")
        page.keyboard.type("Salon")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"number=030\+23125100&company=[0-9A-Z]{26}"))
        expect(page.locator("main")).to_contain_text("030 23125100 gehört zu Salon Lindgren, Berlin-Mitte.")
        page.reload()
        expect(page.locator("#number")).to_have_value("030 23125100")


def _call_page(owner: Visit, retell_call: RetellCall) -> str:
    """What the call's page tells, without what the clock changes."""
    page = owner.open(f"/calls?q={retell_call.call_id}&period=all")
    page.locator("#calls-rows a.ap-rowlink").first.click()
    page.wait_for_url("**/calls/*")
    text = page.locator("main").inner_text()
    assert retell_call.mark in text
    # the recorder below says when it was worked through, which may be twice
    return re.sub(r"[+\d][\d,.:]* ?(ms|s)?", "", text.split("Flugschreiber")[0])
