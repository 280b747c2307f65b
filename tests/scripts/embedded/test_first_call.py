"""docs/operations.md: an empty production database becomes a business, whose first call its owner sees."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from tests.doubles.retell import RetellDouble
from tests.support.documents import commands_under
from tests.support.production import Production, procfile
from tests.support.running_server import ROOT
from tests.support.sockets import Dashboard
from tests.support.waiting import HANGS_AFTER_S

pytestmark = [pytest.mark.faults, pytest.mark.mariadb]
COMMANDS = commands_under("From an empty database to the first call", document="docs/operations.md")
EMAIL = "owner@salon-sonnenschein.example"
NUMBER = "+493023125100"
OWN_PASSWORD = "Lindenblüten im Regen"


@dataclass
class Business:
    """What came of the steps: what each command said, the owner's browser, and what their dashboard heard."""

    production: Production
    retell: RetellDouble
    said: dict[str, str] = field(default_factory=dict)
    owner: "Browser | None" = None
    heard: dict[str, list[dict]] = field(default_factory=dict)

    def run(self, command: str) -> str:
        """In a shell, as it is typed."""
        environment = self.production.environment | {"PORT": str(self.production.processes["web"].port)}
        shell = ["sh", "-c", command]
        done = subprocess.run(shell, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


class Browser:
    """It says its cookie by hand, for that is one for https, which a proxy would speak."""

    def __init__(self, url: str) -> None:
        self.url, self.cookie = url, ""

    def get(self, path: str) -> str:
        answer = requests.get(f"{self.url}{path}", headers={"Cookie": self.cookie}, timeout=HANGS_AFTER_S, allow_redirects=False)
        self._keep(answer)
        if answer.is_redirect:
            return self.get(answer.headers["Location"].removeprefix(self.url))
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def fill_in(self, path: str, **fields: str) -> None:
        """The form of that page."""
        token = self.get(path).partition('name="csrf_token" value="')[2].partition('"')[0]
        filled = {**fields, "csrf_token": token}
        kept = {"Cookie": self.cookie}
        answer = requests.post(f"{self.url}{path}", data=filled, headers=kept, timeout=HANGS_AFTER_S, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        self._keep(answer)

    def _keep(self, answer: requests.Response) -> None:
        if answer.cookies:
            self.cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in answer.cookies)


@pytest.fixture(scope="module")
def retell() -> Iterator[RetellDouble]:
    """The account at Retell, which holds the number."""
    with RetellDouble() as double:
        double.add_number(NUMBER)
        yield double


@pytest.fixture(scope="module")
def business(production: Production, retell: RetellDouble) -> Business:
    """The written steps, one after the other; the owner looks on when the call comes."""
    production.environment["RETELL_BASE_URL"] = retell.url
    # a proxy would lead webhooks and sockets to one address
    production.environment["PUBLIC_URL"] = production.start("live").url
    production.serve(*(name for name in procfile() if name != "release"))
    made = Business(production, retell)
    *steps, call = COMMANDS
    for command in steps:
        made.said[" ".join(command.split()[1:3])] = made.run(command)
    made.owner = first_sign_in(production, made.said["users create"])
    dashboard = Dashboard(production.processes["live"], None, Cookie=made.owner.cookie)  # type: ignore[arg-type]
    try:
        made.run(call)
        for event in ("call.started", "message.sent", "call.analyzed"):
            dashboard.wait_for(event)
            made.heard[event] = dashboard.all(event)
    finally:
        dashboard.close()
    return made


def first_sign_in(production: Production, said: str) -> Browser:
    """With the password that the command printed, and then with one of their own."""
    password = re.search(r"^  (\S+)$", said, re.MULTILINE)
    assert password, said
    owner = Browser(production.url)
    owner.fill_in("/login", email=EMAIL, password=password[1])
    owner.fill_in("/account/password", current_password=password[1], new_password=OWN_PASSWORD, repeat_password=OWN_PASSWORD)
    return owner


def test_the_steps_are_few() -> None:
    assert 1 < len(COMMANDS) < 10
    assert all(command.startswith("flask ") for command in COMMANDS)


def test_the_written_steps_lead_to_the_first_call_on_the_owners_dashboard(business: Business) -> None:
    assert {event: len(events) > 0 for event, events in business.heard.items()} == {
        "call.started": True, "message.sent": True, "call.analyzed": True,
    }  # fmt: skip
    assert "Salon Sonnenschein" in str(business.heard["message.sent"][0])
    assert "salon-sonnenschein" in business.said["companies create"]
    assert business.owner is not None
    assert 'href="/calls/' in business.owner.get("/calls?period=all")


def test_the_assistant_stands_at_retell_and_answers_the_number(business: Business) -> None:
    number, address = business.retell.numbers[NUMBER], business.production.environment["PUBLIC_URL"]
    assert number["inbound_webhook_url"] == f"{address}/api/retell/inbound"
    bound = number["inbound_agents"][0]
    agent = business.retell.agent(bound["agent_id"], bound["agent_version"])
    assert agent["webhook_url"] == f"{address}/api/retell/webhook" and agent["is_published"]
    assert ": right" in business.said["retell publish"]


def test_with_one_service_and_one_person_callers_book(business: Business) -> None:
    owner = business.owner
    assert owner is not None
    owner.fill_in("/settings/services/new", name="Damenschnitt", minutes="45", capacity="1", is_active="1")
    page = owner.get("/settings/staff/new")
    ids = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("branch_ids", "service_ids")}
    owner.fill_in("/settings/staff/new", name="Mara Sonne", is_active="1", **ids)
    said = business.run(f'flask simulate call --to "{NUMBER}"')
    assert "ended, booked" in said, said
