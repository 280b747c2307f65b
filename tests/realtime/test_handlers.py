"""Dashboards in front of a real server process: what they hear, and above all what they do not."""

import contextlib
import json
from collections.abc import Callable

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete
from wsproto.utilities import LocalProtocolError, ProtocolError

from app import events
from app.core.sessions import hash_of
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.accounts import users
from app.models import LiveEvent, User
from tests.support.live import build_event, build_turn, make_call, make_live_company, publish_events
from tests.support.sockets import Dashboard, Refused, SocketServer, make_user, sign_in
from tests.support.waiting import wait_until

StartSockets = Callable[..., SocketServer]
OpenDashboard = Callable[..., Dashboard]
on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(params=["threads", "green"])
def server(request: pytest.FixtureRequest, start_sockets: StartSockets) -> SocketServer:
    return start_sockets(kind=request.param)


def test_a_call_appears_turn_by_turn_at_its_company_and_nowhere_else(
    db: SQLAlchemy, server: SocketServer, open_dashboard: OpenDashboard
) -> None:
    salon, praxis = make_live_company("salon-lindgren"), make_live_company("praxis-morgenstern")
    ours = open_dashboard(server, sign_in(make_user(salon, "owner@salon-lindgren.example")))
    theirs = open_dashboard(server, sign_in(make_user(praxis, "owner@praxis-morgenstern.example")))
    assert ours.wait_for("welcome") == {"seq": 0, "gapless": True, "redis": True}
    theirs.wait_for("welcome")

    call, other = make_call(salon), make_call(praxis)
    publish_events(build_event(call, events.CallStarted), build_turn(call, 0, "Salon Lindgren, guten Tag.", role="agent"))
    publish_events(build_turn(call, 1, "Ich hätte gern einen Termin."))
    publish_events(build_turn(other, 0, "Praxis Morgenstern."))
    spoken = ours.wait_for("message.received")
    theirs.wait_for("message.received")

    assert [envelope["seq"] for name, envelope in ours.heard if name != "welcome"] == [1, 2, 3, 4]
    assert (spoken["company"], spoken["branch"], spoken["call"]) == (salon.company_id, salon.branch_ids[0], call.id)
    assert spoken["data"] == {"index": 1, "role": "caller", "text": "Ich hätte gern einen Termin.", "start_s": 1.0}
    assert salon.company_id not in json.dumps(theirs.heard)
    assert theirs.names() == ["message.received"]


def test_limited_to_a_branch_one_hears_that_branch_only(db: SQLAlchemy, start_sockets: StartSockets, open_dashboard: OpenDashboard) -> None:
    salon = make_live_company()
    mitte, pankow = salon.branch_ids
    calls = {branch: make_call(salon, branch=number) for number, branch in enumerate(salon.branch_ids)}
    front_desk = make_user(salon, "frontdesk@salon-lindgren.example", branches=(pankow,), role="front_desk")
    dashboard = open_dashboard(start_sockets(), sign_in(front_desk))
    assert dashboard.wait_for("welcome")["gapless"] is False

    publish_events(
        build_turn(calls[mitte], 0, "In Mitte gesagt."), events.TaskCreated(salon.company_id, None, "01TASK0WITHOUT0BRANCH00000")
    )
    publish_events(build_turn(calls[pankow], 0, "In Pankow gesagt."))
    assert dashboard.wait_for("message.received")["data"]["text"] == "In Pankow gesagt."
    assert dashboard.names() == ["message.received"]

    missed = dashboard.ask("catch_up", {"since": 0})
    assert [event["data"]["text"] for event in missed["events"]] == ["In Pankow gesagt."]
    assert missed["seq"] == 2
    assert dashboard.ask("watch", {"call": calls[mitte].id}) == {"ok": False}
    assert dashboard.ask("watch", {"call": calls[pankow].id}) == {"ok": True}


def test_what_was_missed_is_told_again_or_everything_is_to_be_read_anew(
    db: SQLAlchemy, start_sockets: StartSockets, open_dashboard: OpenDashboard
) -> None:
    salon, praxis = make_live_company(), make_live_company("praxis-morgenstern")
    call = make_call(salon)
    publish_events(build_turn(make_call(praxis), 0, "Praxis Morgenstern."))
    for index in range(3):
        publish_events(build_turn(call, index, f"Satz {index}"))
    dashboard = open_dashboard(start_sockets(), sign_in(make_user(salon, "owner@salon-lindgren.example")))
    assert dashboard.wait_for("welcome")["seq"] == 3

    missed = dashboard.ask("catch_up", {"since": 1})
    assert [(event["event"], event["seq"], event["data"]["index"]) for event in missed["events"]] == [
        ("message.received", 2, 1), ("message.received", 3, 2),
    ]  # fmt: skip
    assert missed["seq"] == 3
    assert dashboard.ask("catch_up", {"since": 3}) == {"events": [], "seq": 3}
    for odd in ({"since": 4}, {"since": -1}, {"since": "1"}, {"since": True}, {"since": 2**70}, {}, None, [], "catch up"):
        assert dashboard.ask("catch_up", odd) == {"reload": True}

    publish_events(*(build_turn(call, index, "noch mehr") for index in range(3, 600)))
    assert dashboard.ask("catch_up", {"since": 1}) == {"reload": True}
    with company_scope(salon.company_id), transaction():
        db.session.execute(delete(LiveEvent).where(LiveEvent.seq < 550))
    assert dashboard.ask("catch_up", {"since": 400}) == {"reload": True}
    assert len(dashboard.ask("catch_up", {"since": 580})["events"]) == 20


def test_sockets_end_with_the_session(db: SQLAlchemy, server: SocketServer, open_dashboard: OpenDashboard) -> None:
    salon = make_live_company()
    owner, colleague = make_user(salon, "owner@salon-lindgren.example"), make_user(salon, "colleague@salon-lindgren.example")
    at_home, at_work = sign_in(owner), sign_in(owner)
    home, work = open_dashboard(server, at_home), open_dashboard(server, at_work)
    other = open_dashboard(server, sign_in(colleague))
    for dashboard in (home, work, other):
        dashboard.wait_for("welcome")

    publish_events(events.SessionsRevoked(owner.id, hash_of(at_home)))
    wait_until(lambda: not home.connected)
    assert work.connected

    with transaction():
        users.block_user(db.session.get(User, owner.id))
    wait_until(lambda: not work.connected)
    assert other.connected
    with pytest.raises(Refused):
        open_dashboard(server, at_work)


@on_one_database
def test_nobody_hides_from_the_end_of_the_session(db: SQLAlchemy, start_sockets: StartSockets, open_dashboard: OpenDashboard) -> None:
    server, owner = start_sockets(), make_user(make_live_company(), "owner@salon-lindgren.example")
    cookie = sign_in(owner)
    sly = [open_dashboard(server, cookie) for _ in range(4)]
    for dashboard, word in zip(sly, ("disconnect", "connect", "*", "__disconnect_final"), strict=True):
        dashboard.send(f'42["{word}"]')
        dashboard.send(f'42["{word}","transport close"]')
    assert sly[0].ask("catch_up", {"since": 0}) == {"events": [], "seq": 0}
    publish_events(events.SessionsRevoked(owner.id, hash_of(cookie)))
    wait_until(lambda: not any(dashboard.connected for dashboard in sly))


@on_one_database
def test_strangers_never_get_a_socket(db: SQLAlchemy, server: SocketServer, open_dashboard: OpenDashboard) -> None:
    salon = make_live_company()
    cookie = sign_in(make_user(salon, "owner@salon-lindgren.example"))
    support = sign_in(make_user(None, "support@askproai.example", role="support"))
    newcomer = sign_in(make_user(salon, "new@salon-lindgren.example", must_change_password=True))
    for refused in (None, "guessed", support, newcomer):
        with pytest.raises(Refused):
            open_dashboard(server, refused)
    with pytest.raises(Refused):
        open_dashboard(server, cookie, Origin="https://evil.example")
    open_dashboard(server, cookie, Origin=server.url).wait_for("welcome")


@on_one_database
def test_a_full_process_says_so_and_takes_the_next_when_one_leaves(
    db: SQLAlchemy, start_sockets: StartSockets, open_dashboard: OpenDashboard
) -> None:
    server = start_sockets(LIVE_SOCKETS="2")
    cookie = sign_in(make_user(make_live_company(), "owner@salon-lindgren.example"))
    first, second = open_dashboard(server, cookie), open_dashboard(server, cookie)
    second.wait_for("welcome")
    with pytest.raises(Refused) as refusal:
        open_dashboard(server, cookie)
    assert refusal.value.args[0]["data"] == {"code": "full"}
    first.close()

    def is_let_in() -> bool:
        with contextlib.suppress(Refused):
            return bool(open_dashboard(server, cookie).wait_for("welcome"))
        return False

    wait_until(is_let_in)


@on_one_database
def test_one_watches_calls_of_the_own_company_only_and_hears_each_event_once(
    db: SQLAlchemy, start_sockets: StartSockets, open_dashboard: OpenDashboard
) -> None:
    salon, praxis = make_live_company(), make_live_company("praxis-morgenstern")
    ours, theirs = make_call(salon), make_call(praxis)
    dashboard = open_dashboard(start_sockets(), sign_in(make_user(salon, "owner@salon-lindgren.example")))
    assert dashboard.ask("watch", {"call": ours.id}) == {"ok": True}
    for foreign in ({"call": theirs.id}, {"call": "01UNKNOWN0CALL000000000000"}, {"call": 7}, {}, None, "x"):
        assert dashboard.ask("watch", foreign) == {"ok": False}
    publish_events(build_turn(theirs, 0, "fremd"), build_turn(ours, 0, "unser"))
    publish_events(build_turn(ours, 1, "noch einmal"))
    dashboard.wait_for("message.received", count=2)
    assert [envelope["data"]["text"] for envelope in dashboard.all("message.received")] == ["unser", "noch einmal"]
    assert dashboard.ask("unwatch", {"call": ours.id}) == {"ok": True}


@on_one_database
def test_who_asks_without_end_is_not_answered(db: SQLAlchemy, start_sockets: StartSockets, open_dashboard: OpenDashboard) -> None:
    dashboard = open_dashboard(start_sockets(), sign_in(make_user(make_live_company(), "owner@salon-lindgren.example")))
    answers = dashboard.ask_often("catch_up", {"since": 0}, times=35)
    assert [answers.count(answer) for answer in ({"events": [], "seq": 0}, {"reload": True})] == [30, 5]


@on_one_database
def test_who_sends_too_much_is_closed_and_nobody_else_notices(db: SQLAlchemy, server: SocketServer, open_dashboard: OpenDashboard) -> None:
    cookie = sign_in(make_user(make_live_company(), "owner@salon-lindgren.example"))
    other, loud, endless = (open_dashboard(server, cookie) for _ in range(3))
    loud.send("42" + json.dumps(["catch_up", "x" * 300_000]))
    wait_until(lambda: not loud.connected)
    with contextlib.suppress(OSError, ProtocolError):
        for _ in range(400):
            endless.send("42", is_all=False)
            endless.send("x" * 1000, is_all=False)
    wait_until(lambda: not endless.connected)
    assert other.ask("catch_up", {"since": 0}) == {"events": [], "seq": 0}
    for odd in ("", "4", "42", "42[", "42{}", '42["no such event"]', "9", "5", "452-[]", "\x00", "41/other,", "40/other,", '42["connect"]'):
        open_dashboard(server, cookie).send(odd)
    assert other.ask("catch_up", {"since": 0}) == {"events": [], "seq": 0}


UNREADABLE = (
    "42[", "42{}", "4", "9xyz", "42[1]", '42["nothing"]', "4999", "43[", "451-[", "40/x,{", "42/nowhere,[", "b4!", "\x00", "41,", "x" * 500,
)  # fmt: skip


@on_one_database
@pytest.mark.parametrize("kind", ["threads", "green"])
def test_flood_of_unreadable_packets_writes_a_line_of_each_sort_and_no_more(
    db: SQLAlchemy, start_sockets: StartSockets, open_dashboard: OpenDashboard, kind: str
) -> None:
    salon = make_live_company()
    server, cookie = start_sockets(kind=kind), sign_in(make_user(salon, "owner@salon-lindgren.example"))
    before = len(server.log.read_text().splitlines())
    for packet in UNREADABLE:
        for _time in range(4):
            flooding = Dashboard(server, cookie)
            with contextlib.suppress(OSError, ProtocolError, LocalProtocolError):
                for _packet in range(25):
                    flooding.send(packet)
            flooding.close()
    # who speaks properly is heard all the same
    assert open_dashboard(server, cookie).ask("catch_up", {"since": 0}) == {"events": [], "seq": 0}
    written = server.log.read_text().splitlines()[before:]
    assert not any("Traceback" in line for line in written), "\n".join(written[:80])
    assert len(written) <= len(UNREADABLE), "\n".join(written[:80])
