"""One's own account in a real browser: a passkey of a virtual authenticator, a code of an app, and a device signed out from another."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_every_page import problems_of
from tests.browser.test_two_companies import NEIGHBOUR, OWNER
from tests.support.running_server import DEMO_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

pytestmark = pytest.mark.browser
CHROMES_OWN = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}


def plug_in(page: "Page") -> "CDPSession":
    """A device with a fingerprint reader that recognises its user."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": CHROMES_OWN | {"automaticPresenceSimulation": True}})
    return session


def sign_out(page: "Page") -> None:
    page.get_by_role("button", name=re.compile("Konto von")).click()
    page.locator("#me-menu").get_by_role("button", name="Abmelden").click()
    page.wait_for_url(lambda url: "/login" in url)


def at_localhost(visited: Visit) -> str:
    """Passkeys belong to a name, and a number is none."""
    return visited.url.replace("127.0.0.1", "localhost")


def test_passkey_is_added_and_signs_in(visit: Callable[..., Visit]) -> None:
    visited = visit(None, troubled=True)
    page, base = visited.page, at_localhost(visited)
    plug_in(page)
    page.goto(f"{base}/login")
    page.fill("[name=email]", OWNER)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.wait_for_url("**/dashboard")
    page.get_by_role("button", name=re.compile("Konto von")).click()
    page.locator("#me-menu").get_by_role("link", name="Mein Konto").click()
    page.get_by_role("link", name="Passkeys").click()
    page.get_by_label("Name für den neuen Passkey").fill("Prüfgerät")
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.get_by_text("Mit diesem Passkey können Sie sich jetzt anmelden.")).to_be_visible()
    expect(page.get_by_label("Name des Passkeys Prüfgerät")).to_be_visible()
    assert problems_of(page) == []
    sign_out(page)
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.wait_for_url("**/dashboard")
    page.goto(f"{base}/account/passkeys")
    expect(page.get_by_text("noch nie benutzt")).to_have_count(0)
    page.get_by_role("button", name="Entfernen: Prüfgerät").click()
    expect(page.get_by_text("Noch kein Passkey")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_role("alert").filter(has_text="Mit diesem Passkey geht es nicht")).to_be_visible()


def test_browser_that_shows_no_passkey_is_told_so(visit: Callable[..., Visit]) -> None:
    visited = visit(None)
    page = visited.page
    refuse = "navigator.credentials.get = () => Promise.reject(new DOMException('cancelled', 'NotAllowedError'))"
    page.add_init_script(refuse)
    page.goto(f"{at_localhost(visited)}/login")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_role("alert").filter(has_text="Das Gerät hat keinen Passkey gezeigt")).to_be_visible()
    expect(page.get_by_role("button", name="Mit Passkey anmelden")).to_be_enabled()


def test_second_step_is_set_up_asked_for_and_switched_off_by_keyboard(visit: Callable[..., Visit]) -> None:
    page = visit(NEIGHBOUR).open("/account/two-factor")
    page.get_by_role("link", name="Einrichten").click()
    secret = (page.locator("#secret").text_content() or "").replace(" ", "")
    expect(page.locator(".ap-qr svg")).to_be_visible()
    page.get_by_label("Code aus der App").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator(".ap-codes li")).to_have_count(10)
    codes = page.locator(".ap-codes li").all_text_contents()
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Text speichern").click()
    assert codes[0] in download.value.path().read_text()
    assert problems_of(page) == []
    page.get_by_role("link", name="Ich habe sie, weiter").click()
    sign_out(page)
    page.fill("[name=email]", NEIGHBOUR)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/code")
    assert problems_of(page) == []
    page.get_by_label("Code aus der App").fill(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard")
    page.goto("/account/two-factor")
    page.get_by_label("Passwort").fill(DEMO_PASSWORD)
    page.get_by_label("Code aus der App").fill(codes[1])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ab jetzt genügt Ihr Passwort.")).to_be_visible()


def test_device_signed_out_from_another_loses_its_live_board(visit: Callable[..., Visit]) -> None:
    lost, here = visit(OWNER, troubled=True), visit(OWNER)
    board = lost.open_board()
    page = here.open("/account/sessions")
    expect(page.get_by_text("dieses Gerät")).to_have_count(1)
    page.get_by_role("button", name="Alle anderen abmelden").click()
    expect(page.get_by_role("button", name=re.compile("^Abmelden:"))).to_have_count(1)
    board.wait_for_url(lambda url: "/login" in url)
    assert problems_of(page) == []
