"""A salon owner without a channel for messages sets one up and tries it, in a few clicks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_every_page import problems_of
from tests.browser.test_two_companies import OWNER
from tests.doubles.messaging import MailDouble
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.browser

# a port that the form offers and that needs no rights
PORT = 2525


def test_an_owner_sets_up_mail_from_the_notice_and_gets_a_test(
    visit: Callable[..., Visit], start_server: Callable[..., RunningServer]
) -> None:
    with MailDouble(PORT) as mail:
        mail.says = {"EHLO": "250-double\r\n250 AUTH PLAIN", "AUTH": "535 wrong password"}
        page = visit(OWNER, server=start_server(PRIVATE_HOSTS="1"), troubled=True).open("/messages")
        page.get_by_role("link", name="E-Mail einrichten").click()
        server = page.get_by_label("Mailserver")
        expect(server).to_be_hidden()
        page.get_by_label("E-Mail-Adresse").fill("termine@salon-lindgren.de")
        page.get_by_label("Ihr Postfach liegt bei").select_option("other")
        server.fill("127.0.0.1")
        page.get_by_label("Port", exact=True).select_option(str(PORT))
        page.get_by_label("Passwort des Postfachs").fill("geheim")
        page.get_by_role("button", name="Speichern und prüfen").click()
        expect(page.get_by_text("nimmt diesen Benutzernamen mit diesem Passwort nicht an")).to_be_visible()
        assert problems_of(page) == []
        mail.says["AUTH"] = "235 welcome"
        page.get_by_role("button", name="Speichern und prüfen").click()
        expect(page.get_by_text("Geprüft und gespeichert: E-Mail-Versand.")).to_be_visible()
        page.get_by_role("button", name="Test an mich schicken").click()
        expect(page.get_by_text(f"verschickt an {OWNER}: Der Anbieter hat die Nachricht angenommen.")).to_be_visible()
        assert [sent["To"] for sent in mail.mails] == [OWNER]
        page.get_by_role("link", name="Festlegen, was wann hinausgeht").click()
        expect(page.get_by_text("Weder SMS noch E-Mail ist eingerichtet")).to_have_count(0)
