"""What goes wrong at a business is found by support: from the start page to the reason in at most three clicks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import expect

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from tests.browser.conftest import Visit, wait_until_handled
from tests.browser.test_support import SUPPORT
from tests.browser.test_two_companies import OWNER
from tests.doubles.messaging import ACCOUNT, TOKEN, TwilioDouble
from tests.support.retell_webhooks import call_body
from tests.support.running_server import DEMO_VARIABLES, RunningServer, copy_demo_data
from tests.support.simulated_calls import RetellCall
from tests.support.waiting import HANGS_AFTER_S

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
GARAGE = "owner@werkstatt-kruse.example"
PANKOW, GARAGE_NUMBER, PRACTICE_NUMBER = "+493023125101", "+494066969300", "+498999998200"
MOST_CLICKS = 3


@dataclass
class Search:
    """Support on the way from the start page; typing is free, each press of a button or link counts."""

    page: "Page"
    clicks: int = 0

    def click(self, place: "Locator") -> None:
        self.clicks += 1
        assert self.clicks <= MOST_CLICKS, "that was one click too many"
        place.click()
        self.page.wait_for_load_state()

    def go_to(self, name: str) -> None:
        self.click(self.page.get_by_role("navigation", name="Hauptnavigation", exact=True).get_by_role("link", name=name))


@pytest.fixture(scope="module")
def twilio() -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        yield double


@pytest.fixture(scope="module")
def server(scratch: Path, demo_data: Path, twilio: TwilioDouble) -> Iterator[RunningServer]:
    """A server of their own: these faults must not stand on the pages of others."""
    instance = scratch / "support_faults"
    copy_demo_data(demo_data, instance)
    account = {
        "TWILIO_BASE_URL": twilio.url, "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SENDER": "Lindgren",
    }  # fmt: skip
    with RunningServer(instance, **DEMO_VARIABLES, **account) as started:
        yield started


@pytest.fixture
def search(visit: Callable[..., Visit], server: RunningServer) -> Callable[[], Search]:
    """Signs support in, which ends on the start page."""
    return lambda: Search(visit(SUPPORT, server=server).page)


def _post(server: RunningServer, key: str, *, path: str = "/api/retell/webhook", **call: object) -> int:
    body = call_body("call_started", start_timestamp=to_ms(now()), **call)  # type: ignore[arg-type]
    signature = sign_retell(body, key, to_ms(now()))
    return requests.post(f"{server.url}{path}", data=body, headers={"X-Retell-Signature": signature}, timeout=HANGS_AFTER_S).status_code


def test_a_call_to_a_switched_off_number(visit: Callable[..., Visit], server: RunningServer, search: Callable[[], Search]) -> None:
    line = visit(OWNER, server=server).open("/settings/line")
    line.get_by_role("button", name="Ausschalten 030 23125101").click()
    expect(line.locator("main")).to_contain_text("ausgeschaltet: Anrufe warten beim Support")
    missed = RetellCall(server, number=PANKOW, caller="+491713920071")
    missed.start()
    missed.end()
    wait_until_handled(server)
    found = search()
    row = found.page.locator("tr", has_text="030 23125101")
    expect(row).to_contain_text("Nummer ist ausgeschaltet")
    found.click(row.get_by_role("link"))
    expect(found.page.locator("main")).to_contain_text("030 23125101 ist ausgeschaltet. Sie gehört zu Salon Lindgren, Berlin-Pankow.")
    expect(found.page.locator("[name=branch_id]")).to_have_count(0)
    found.click(found.page.get_by_role("button", name="Nummer einschalten"))
    expect(row).to_have_count(0)
    wait_until_handled(server)
    calls = visit(OWNER, server=server).open(f"/calls?q={missed.call_id}&period=all")
    expect(calls.locator("#calls-rows a.ap-rowlink")).to_have_count(1)


def test_a_wrong_webhook_secret(server: RunningServer, search: Callable[[], Search]) -> None:
    for number in range(3):
        assert _post(server, "key_of_yesterday", call_id=f"call_refused_{number}", to_number=PRACTICE_NUMBER) == 401
    found = search()
    found.go_to("Webhooks")
    expect(found.page.locator("main")).to_contain_text(re.compile(r"\d+ Webhooks wurden in den letzten 24 Stunden abgewiesen"))
    found.click(found.page.locator("main").get_by_role("link", name="Ansehen"))
    row = found.page.locator("tbody tr", has_text="Praxis Dr. Morgenstern")
    for reason in ("Retell 127.0.0.1", "Mit anderem Schlüssel unterschrieben", "089 99998200", "3-mal", "call_refused_2"):
        expect(row).to_contain_text(reason)


def test_a_wrong_webhook_secret_by_the_line_check(server: RunningServer, search: Callable[[], Search]) -> None:
    assert _post(server, "key_of_yesterday", call_id="call_refused", to_number="+493023125100") == 401
    found = search()
    found.go_to("Leitung prüfen")
    found.page.get_by_role("searchbox").fill("030 23125100")
    found.click(found.page.get_by_role("button", name="Suchen"))
    expect(found.page.locator("main")).to_contain_text("gehört zu Salon Lindgren, Berlin-Mitte.")
    found.click(found.page.get_by_role("button", name="Leitung prüfen"))
    finding = found.page.locator("li.is-failed", has_text="Unterschriften der letzten 24 Stunden")
    expect(finding).to_contain_text("Die Unterschrift ist mit einem anderen Schlüssel gemacht.")
    expect(finding.get_by_role("link", name="Dorthin")).to_have_attribute("href", re.compile("status=rejected.*number="))


def test_a_call_that_went_to_another_companys_number(server: RunningServer, search: Callable[[], Search]) -> None:
    astray = RetellCall(server, number=GARAGE_NUMBER, caller="+491713920072")
    astray.start()
    astray.end()
    wait_until_handled(server)
    found = search()
    found.go_to("Anrufe aller Firmen")
    found.page.get_by_label("Rufnummer").fill("0171 3920072")
    found.click(found.page.get_by_role("button", name="Filtern"))
    row = found.page.locator("#calls tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Werkstatt Kruse")
    found.click(row.get_by_role("link"))
    expect(found.page.locator("h1")).to_have_text("Anruf bei Werkstatt Kruse")


def test_a_call_that_came_over_another_companys_connection(
    visit: Callable[..., Visit], server: RunningServer, search: Callable[[], Search]
) -> None:
    garage = visit(GARAGE, server=server).open("/settings/connections/retell")
    garage.fill("[name=api_key]", "key_of_the_garage_0123456789abcdef")
    garage.get_by_role("button", name="Speichern und prüfen").click()
    garage.wait_for_load_state()
    address = next(
        value for value in garage.locator("[id^=door-]").evaluate_all("all => all.map((one) => one.value)") if "/webhook/" in value
    )
    path = address[address.index("/api/") :]
    assert _post(server, "key_of_the_garage_0123456789abcdef", path=path, call_id="call_astray", to_number="+493023125100") == 204
    wait_until_handled(server)
    found = search()
    row = found.page.locator("tr", has_text="030 23125100")
    expect(row).to_contain_text("Kam über die Verbindung eines anderen Betriebs")
    found.click(row.get_by_role("link"))
    expect(found.page.locator("main")).to_contain_text("030 23125100 gehört zu Salon Lindgren, Berlin-Mitte.")
    expect(found.page.locator("main")).to_contain_text("Die Ereignisse kamen über die Verbindung von Werkstatt Kruse.")


def test_a_customer_who_opted_out_at_the_carrier(
    visit: Callable[..., Visit], server: RunningServer, search: Callable[[], Search], twilio: TwilioDouble
) -> None:
    """The desk reports somebody sick and sends a customer the link, which the carrier refuses."""
    key = {"Authorization": f"Bearer {DEMO_VARIABLES['DEMO_API_KEY']}"}
    query = {"from": now().isoformat(), "status": "confirmed", "per_page": "100"}
    bookings = requests.get(f"{server.url}/api/v1/bookings", headers=key, params=query, timeout=HANGS_AFTER_S).json()["items"]
    booking = next(each for each in bookings if (each["customer"] or {}).get("phone"))
    number = booking["customer"]["phone"]
    twilio.refuse[number] = 21610
    owner = visit(OWNER, server=server)
    page = owner.open(f"/staff/{booking['staff_id']}/sick?branch_id={booking['branch_id']}")
    page.fill("[name=days]", "60")
    page.get_by_role("button", name="Krank melden").click()
    row = page.locator(".ap-affected > li", has=page.locator(f"a[href='/bookings/{booking['id']}']"))
    row.get_by_role("button", name="Link schicken").click()
    expect(page.locator("#toasts")).to_contain_text("Der Link ist unterwegs")
    owner.open("/dashboard")
    expect(page.locator("main")).to_contain_text(re.compile(r"ist krank: \d+ Termine? (stehen|steht) noch"))
    page.locator(".ap-note", has_text="ist krank").get_by_role("link").click()
    page.get_by_role("button", name="Krankmeldung zurücknehmen").click()
    expect(page.locator("#toasts")).to_contain_text("zurückgenommen")
    found = search()
    found.go_to("Nachrichten")
    message = found.page.locator("#messages tr", has_text="Die Person möchte keine Nachrichten.")
    while not message.count():
        found.page.reload()
    expect(message.first).to_contain_text("Nicht zugestellt")
    found.page.get_by_label("Rufnummer").fill(number)
    found.click(found.page.get_by_role("button", name="Filtern"))
    expect(found.page.locator("main")).to_contain_text("Salon Lindgren: Die Person möchte keine SMS mehr")
    expect(found.page.locator("main")).to_contain_text("Das gilt, bis sie START schickt.")
