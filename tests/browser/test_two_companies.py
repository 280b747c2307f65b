"""Two companies signed in: a call to one of them appears turn by turn there, and not a byte of it reaches the other one."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.running_server import RunningServer
from tests.support.simulated_calls import RetellCall, TwilioCall

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
OWNER, NEIGHBOUR = "owner@salon-lindgren.example", "owner@praxis-morgenstern.example"


def card_of(page: "Page", retell_call: RetellCall) -> "Locator":
    """By the caller's number: nobody else in the town has it."""
    return page.locator("[data-part=cards] > :not([data-leaving])", has_text=retell_call.caller[-7:])


def running(page: "Page") -> int:
    """How many calls the title's sentence counts."""
    found = re.match(r"(\d+) ", page.locator("[data-part=title]").inner_text())
    return int(found[1]) if found else 0


def test_a_call_appears_turn_by_turn_and_only_where_it_belongs(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    owner, neighbour = visit(OWNER), visit(NEIGHBOUR)
    board, other = owner.open_board(), neighbour.open_board()
    before, quiet = running(board), other.locator("[data-part=title]").inner_text()
    retell_call = RetellCall(running_server)
    retell_call.start()
    card = card_of(board, retell_call)
    expect(card).to_be_visible()
    expect(card).to_have_class(re.compile("is-talking"))
    expect(board.locator("[data-part=title]")).to_have_text(re.compile(rf"{before + 1} (Gespräch läuft|Gespräche laufen)"))
    assert board.title().startswith(board.locator("[data-part=title]").inner_text())
    for role, text in (("agent", "Salon Lindgren, guten Tag."), ("user", "Haben Sie heute noch frei?"), ("agent", "Ich sehe nach.")):
        said = retell_call.say(role, text)
        expect(card.locator("[data-part=text]").last).to_have_text(said)
    retell_call.use_tool("check_availability")
    expect(card).to_have_class(re.compile("is-tool"))
    expect(card.locator("[data-part=tool]")).to_be_visible()
    retell_call.add_tool_result()
    expect(card).to_have_class(re.compile("is-talking"))
    expect(card.locator("[data-part=tool]")).to_be_hidden()
    retell_call.say("agent", "Heute um 15 Uhr.")
    retell_call.end()
    expect(card).to_have_count(0)
    ended = board.locator("[data-part=ended] > *", has_text=retell_call.caller[-7:]).first
    expect(ended).to_be_visible()
    retell_call.analyze("Frage nach einem Termin.")
    expect(ended).to_contain_text("Auskunft")
    assert running(board) == before
    ended.locator("a").first.click()
    board.wait_for_url("**/calls/*")
    call_path = board.url.removeprefix(owner.url)
    expect(board.locator("main")).to_contain_text(f"Heute um 15 Uhr. {retell_call.mark}")
    _nothing_reached(neighbour, retell_call, call_path)
    assert other.locator("[data-part=title]").inner_text() == quiet or neighbour.page.url != f"{neighbour.url}/live"
    assert any(retell_call.mark in frame for frame in owner.frames), "the mark is what would have been seen"


def _nothing_reached(neighbour: Visit, retell_call: RetellCall, call_path: str) -> None:
    """Neither through the socket, nor on any page, nor by asking for it."""
    traces = (retell_call.mark, retell_call.call_id, call_path.rsplit("/", 1)[1], retell_call.caller[-7:])
    assert [frame for frame in neighbour.frames if any(trace in frame for trace in traces)] == []
    assert len({event["company"] for event in neighbour.heard}) <= 1
    page = neighbour.page
    shown = [page.content()]
    for path in ("/live/state", "/live", "/calls?period=all", f"/calls?q={retell_call.mark}&period=all", f"/calls?q={retell_call.call_id}"):
        answer = page.request.get(path)
        assert answer.ok, path
        shown.append(answer.text().replace(f"q={retell_call.mark}", "").replace(f"q={retell_call.call_id}", ""))
    # a search says what was searched for; the words of the call are more than that
    assert [text for text in shown if f"Uhr. {retell_call.mark}" in text or call_path in text or retell_call.caller[-7:] in text] == []
    foreign = page.request.get(call_path)
    assert foreign.status == 404
    assert retell_call.mark not in foreign.text()


def test_a_phone_that_rings_is_shown_until_somebody_answers(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    owner, neighbour = visit(OWNER), visit(NEIGHBOUR)
    board = owner.open_board()
    neighbour.open_board()
    twilio_call = TwilioCall(running_server)
    twilio_call.say("ringing")
    strip = board.locator("[data-part=ringing] > *", has_text=twilio_call.caller[-7:])
    expect(strip).to_be_visible()
    sentence = board.locator("[data-part=title], [data-part=lead]", has_text="klingel")
    expect(sentence.first).to_be_visible()
    twilio_call.say("in-progress")
    expect(strip).to_have_count(0)
    expect(board.locator("[data-part=cards] > *", has_text=twilio_call.caller[-7:])).to_be_visible()
    twilio_call.say("completed")
    expect(board.locator("[data-part=ended] > *", has_text=twilio_call.caller[-7:]).first).to_be_visible()
    assert [frame for frame in neighbour.frames if twilio_call.sid in frame] == []


def test_a_booking_from_the_call_is_shown_on_its_card(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    """What the analysis agreed becomes an appointment; the card stays for a while and says so."""
    from datetime import timedelta

    from app.core.clock import now

    owner = visit(OWNER)
    board = owner.open_board()
    retell_call = RetellCall(running_server, caller="+491713920097")
    retell_call.start()
    card = card_of(board, retell_call)
    expect(card).to_be_visible()
    day = now() + timedelta(days=150)
    day += timedelta(days=(3 - day.weekday()) % 7)
    retell_call.say("user", "Dann nehme ich den Donnerstag.")
    agreed = {"leistung": "Herrenschnitt", "datum": f"{day:%Y-%m-%d}", "uhrzeit": "11:00", "name": "Wenzel Probst"}
    retell_call.analyze("Termin vereinbart.", anliegen="termin_buchen", termin_gebucht=True, **agreed)
    shown = board.locator("[data-part=cards] > *, [data-part=ended] > *", has_text="Gebucht")
    expect(shown.filter(has_text=re.compile("3920097|Wenzel Probst")).first).to_be_visible()


def test_who_is_limited_to_a_branch_hears_only_that_branch(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    pankow = visit("pankow@salon-lindgren.example")
    board = pankow.open_board()
    mitte, mine = (
        RetellCall(running_server, caller="+491713920096"),
        RetellCall(running_server, number="+493023125101", caller="+491713920095"),
    )
    for retell_call in (mitte, mine):
        retell_call.start()
        retell_call.say("user", "Guten Tag.")
    expect(card_of(board, mine)).to_be_visible()
    expect(card_of(board, mine)).to_contain_text(mine.mark)
    for retell_call in (mitte, mine):
        retell_call.end()
    expect(card_of(board, mine)).to_have_count(0)
    expect(card_of(board, mitte)).to_have_count(0)
    assert [frame for frame in pankow.frames if mitte.mark in frame or mitte.call_id in frame] == []
    assert mitte.mark not in pankow.page.request.get("/live/state").text()


def test_the_wall_shows_the_call_and_has_nothing_to_press(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    wall = visit(OWNER, viewport={"width": 1920, "height": 1080}).open("/wallboard")
    retell_call = RetellCall(running_server, caller="+491713920083")
    retell_call.start()
    card = card_of(wall, retell_call)
    expect(card).to_be_visible()
    said = retell_call.say("agent", "Salon Lindgren, guten Tag.")
    expect(card.locator("[data-part=text]").last).to_have_text(said)
    assert wall.locator("main :is(a, button, input)").count() == 0
    retell_call.end()
    expect(card).to_have_count(0)
