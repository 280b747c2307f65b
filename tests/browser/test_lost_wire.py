"""The web process dies, or Redis falls silent: the board says so, catches up, and misses nothing."""

import os
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Route, WebSocketRoute, expect

from tests.browser.conftest import Visit, wait_until_handled
from tests.browser.test_two_companies import OWNER, card_of
from tests.support.running_server import RunningServer
from tests.support.simulated_calls import RetellCall

pytestmark = pytest.mark.browser


def test_after_the_web_process_was_killed_the_board_catches_up_without_gaps(
    visit: Callable[..., Visit], start_server: Callable[..., RunningServer]
) -> None:
    server = start_server()
    owner = visit(OWNER, server=server, troubled=True)
    board = owner.open_board()
    retell_call = RetellCall(server)
    retell_call.start()
    retell_call.say("agent", "Salon Lindgren, guten Tag.")
    expect(card_of(board, retell_call)).to_contain_text("guten Tag.")
    server.kill("web")
    said = [retell_call.say("user" if place % 2 else "agent", f"Satz {place}.") for place in range(1, 7)]
    expect(board.locator("[data-part=connection-word]")).to_have_text("Verbunden")
    # the word may still be the one from before; on a busy machine the process takes long to come back
    for text in said[-4:]:
        expect(card_of(board, retell_call)).to_contain_text(text)
    expect(board.locator("[data-part=lost]")).to_be_hidden()
    said.append(retell_call.say("agent", "Wir sind wieder da."))
    expect(card_of(board, retell_call)).to_contain_text(said[-1])
    retell_call.end()
    expect(card_of(board, retell_call)).to_have_count(0)
    heard = sorted({event["seq"] for event in owner.heard})
    assert heard == list(range(heard[0], heard[-1] + 1)), "every number was heard, pushed or caught up with"
    words = [event["data"].get("text") for event in owner.heard]
    assert [text for text in said if text not in words] == []


def test_while_redis_is_silent_the_page_asks_and_says_so(visit: Callable[..., Visit], start_server: Callable[..., RunningServer]) -> None:
    server = start_server()
    owner = visit(OWNER, server=server, troubled=True)
    board = owner.open_board()
    pid = server.pids["redis"]
    os.kill(pid, signal.SIGSTOP)
    try:
        expect(board.locator("[data-part=polling]")).to_be_visible()
        expect(board.locator("[data-part=polling]")).to_contain_text("alle 4 Sekunden")
        expect(board.locator("[data-part=connection-word]")).to_have_text("Fragt nach")
        retell_call = RetellCall(server)
        retell_call.start()
        expect(card_of(board, retell_call)).to_be_visible()
    finally:
        os.kill(pid, signal.SIGCONT)
    expect(board.locator("[data-part=connection-word]")).to_have_text("Verbunden")
    expect(board.locator("[data-part=polling]")).to_be_hidden()
    said = retell_call.say("user", "Hören Sie mich?")
    expect(card_of(board, retell_call)).to_contain_text(said)


def test_a_state_that_was_long_on_its_way_takes_nothing_back(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    """The page asks, a caller speaks meanwhile, and only then the answer comes, which does not know of it."""
    owner = visit(OWNER, troubled=True)
    sockets: list[WebSocketRoute] = []
    late: list[tuple[Route, APIResponse]] = []

    def let_through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    owner.page.route_web_socket("**/socket.io/**", let_through)
    board = owner.open_board()
    retell_call = RetellCall(running_server, caller="+491713920095")
    retell_call.start()
    expect(card_of(board, retell_call)).to_be_visible()
    board.route("**/live/state", lambda route: route.abort() if late else late.append((route, route.fetch())))
    sockets[-1].send(f'42["welcome",{{"seq":{owner.heard[-1]["seq"]},"gapless":true,"redis":false}}]')
    while not late:
        board.wait_for_timeout(50)
    said = retell_call.say("user", "Haben Sie heute noch etwas frei?")
    expect(card_of(board, retell_call)).to_contain_text(said)
    route, response = late[0]
    route.fulfill(response=response)
    expect(board.locator("[data-part=connection-word]")).to_have_text("Verbunden")
    board.wait_for_timeout(500)
    expect(card_of(board, retell_call)).to_contain_text(said)
    retell_call.end()


def test_who_signs_out_hears_nothing_more_anywhere(visit: Callable[..., Visit], running_server: RunningServer) -> None:
    """Two windows of one session: the socket of the other one is closed within a second or so."""
    owner = visit(OWNER, troubled=True)
    board = owner.open_board()
    second = board.context.new_page()
    second.goto("/calls")
    second.evaluate("() => document.querySelector('form[action$=\"/logout\"]').submit()")
    second.wait_for_url("**/login**")
    board.wait_for_url("**/login**")
    heard = len(owner.frames)
    retell_call = RetellCall(running_server, caller="+491713920094")
    retell_call.start()
    retell_call.end()
    wait_until_handled(running_server)
    board.wait_for_timeout(200)
    assert [frame for frame in owner.frames[heard:] if retell_call.call_id in frame] == []
