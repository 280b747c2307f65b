"""What live dashboards are told, and that it is written with what happened."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

from app import events
from app.core.clock import now
from app.core.event_bus import publish
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, transaction
from app.models import Booking, Hold, LiveEventSequence, Service, StaffMember, StaffTask, ToolCall, Turn
from tests.support.live import build_event, build_turn, live_events, make_call, make_customer, make_live_company, publish_events


def test_every_event_gets_the_next_number_and_its_name(db: SQLAlchemy) -> None:
    call = make_call(make_live_company())
    publish_events(build_event(call, events.CallStarted))
    publish_events(build_turn(call, 0, "Salon Lindgren, guten Tag.", role="agent"), build_turn(call, 1, "Ich möchte einen Termin."))
    publish_events(
        build_event(call, events.ToolStarted, tool={"tool_call_id": "t1", "name": "check_availability", "arguments": {"date": "Freitag"}})
    )
    publish_events(
        build_event(call, events.ToolFinished, tool={"tool_call_id": "t1", "name": "check_availability", "ok": True, "duration_ms": 212})
    )
    publish_events(build_event(call, events.CallEnded))
    assert [(row.seq, row.name) for row in live_events()] == [
        (1, "call.started"), (2, "figures.updated"), (3, "message.sent"), (4, "message.received"),
        (5, "tool.started"), (6, "tool.finished"), (7, "call.completed"), (8, "figures.updated"),
    ]  # fmt: skip
    assert {row.call_id for row in live_events() if row.name != "figures.updated"} == {call.id}
    assert {row.branch_id for row in live_events()} == {call.branch_id}


def test_a_call_event_carries_the_whole_call(db: SQLAlchemy) -> None:
    salon = make_live_company()
    frieda = make_customer(salon, "Frieda Naumann")
    call = make_call(salon, customer_id=frieda.id, from_number="+493023125115", turn_count=6)
    with company_scope(salon.company_id), transaction():
        db.session.add_all(Turn(call_id=call.id, position=n, role="caller", text=f"Satz {n}") for n in range(6))
        db.session.add(ToolCall(call_id=call.id, tool_call_id="t1", name="hold_slot"))
    publish_events(build_event(call, events.CallUpdated))
    [row] = live_events()
    assert row.data["caller"] == {
        "name": "Frieda Naumann", "number": "+493023125115", "number_display": "030 23125115", "known": True, "certainty": 80,
        "withheld": False,
    }  # fmt: skip
    assert row.data["branch"] == {"id": salon.branch_ids[0], "name": "Filiale 0"}
    assert [line["text"] for line in row.data["last_turns"]] == ["Satz 2", "Satz 3", "Satz 4", "Satz 5"]
    assert (row.data["state"], row.data["tool"]["name"]) == ("tool", "hold_slot")


def test_a_withheld_number_stays_withheld(db: SQLAlchemy) -> None:
    call = make_call(make_live_company(), caller_kind="withheld", from_number=None)
    publish_events(build_event(call, events.CallStarted))
    caller = live_events()[0].data["caller"]
    assert (caller["withheld"], caller["number"], caller["number_display"], caller["known"]) == (True, None, None, False)


def test_what_is_said_twice_in_a_transaction_is_told_once_as_it_was_in_the_end(db: SQLAlchemy) -> None:
    call = make_call(make_live_company())
    publish_events(
        build_event(call, events.CallUpdated), build_turn(call, 0, "Ich"), build_turn(call, 0, "Ich hätte gern"),
        build_turn(call, 1, "Ja?", role="agent"),
        build_event(call, events.CallUpdated), build_turn(call, 0, "Ich hätte gern einen Termin."),
    )  # fmt: skip
    assert [(row.name, row.data.get("text")) for row in live_events()] == [
        ("message.sent", "Ja?"), ("call.updated", None), ("message.received", "Ich hätte gern einen Termin."),
    ]  # fmt: skip


def test_what_is_rolled_back_is_never_told_and_takes_no_number(db: SQLAlchemy) -> None:
    call = make_call(make_live_company())
    with pytest.raises(RuntimeError), transaction():
        publish(build_turn(call, 0, "verloren"))
        raise RuntimeError
    publish_events(build_turn(call, 1, "bleibt"))
    assert [(row.seq, row.data["text"]) for row in live_events()] == [(1, "bleibt")]


def test_tasks_are_told_to_their_branch(db: SQLAlchemy) -> None:
    salon = make_live_company()
    with company_scope(salon.company_id), transaction():
        task = StaffTask(kind="callback", title="Frau Naumann zurückrufen", branch_id=salon.branch_ids[1])
        db.session.add(task)
        db.session.flush()
        publish(events.TaskCreated(salon.company_id, task.branch_id, task.id))
    created, figures = live_events()
    assert (created.name, created.branch_id, created.data["title"]) == ("task.created", salon.branch_ids[1], "Frau Naumann zurückrufen")
    assert (figures.name, figures.data) == ("figures.updated", {"changed": ["tasks"]})


def test_a_batch_of_a_hundred_events_costs_few_statements(db: SQLAlchemy) -> None:
    salons = [make_live_company(f"salon-{n}") for n in range(3)]
    calls = [make_call(salons[n % 3]) for n in range(30)]
    statements: list[str] = []
    note = lambda _connection, _cursor, statement, *_: statements.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    with transaction():
        for call in calls:
            publish(build_event(call, events.CallStarted))
            publish(build_turn(call, 0, "Guten Tag", role="agent"))
            publish(build_event(call, events.CallUpdated))
            publish(build_turn(call, 1, "Guten Tag"))
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in statements if not statement.startswith("BEGIN")]) <= 8
    counts = Counter(row.company_id for row in live_events())
    assert sorted(counts.values()) == [41, 41, 41]


def test_numbers_have_no_gaps_and_follow_the_commits_however_many_write_at_once(app: Flask, db: SQLAlchemy) -> None:
    salons = [make_live_company(f"salon-{n}") for n in range(2)]
    calls = [make_call(salon) for salon in salons]

    def work(number: int) -> None:
        with app.app_context():
            for round_ in range(10):

                def say_something(n: int = round_) -> None:
                    for call in calls if (number + n) % 2 else reversed(calls):
                        publish(build_turn(call, number * 100 + n, "durcheinander"))
                    if n % 5 == 4:
                        raise LookupError

                try:
                    run_in_transaction(say_something)
                except LookupError:
                    continue

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for salon in salons:
        assert [row.seq for row in live_events(salon.company_id)] == list(range(1, 49))
    with unscoped():
        assert {cursor.seq for cursor in db.session.query(LiveEventSequence)} == {48}


def test_long_texts_are_cut_and_unsendable_characters_replaced(db: SQLAlchemy) -> None:
    call = make_call(make_live_company())
    publish_events(build_turn(call, 0, "ä" * 9000), build_turn(call, 1, "kaputt \ud800 hier"))
    long, broken = live_events()
    assert len(long.data["text"]) == 4000
    assert broken.data["text"] == "kaputt ? hier"


def test_what_is_gone_by_the_commit_is_left_out(db: SQLAlchemy) -> None:
    call = make_call(make_live_company())
    publish_events(events.CallUpdated(call.company_id, call.branch_id, "01UNKNOWN0CALL000000000000", now()))
    assert live_events() == []


def test_a_kept_time_and_the_booking_it_becomes_are_told_with_names(db: SQLAlchemy) -> None:
    salon = make_live_company()
    call = make_call(salon)
    starts = now() + timedelta(days=1)
    with company_scope(salon.company_id), transaction():
        service, anna = Service(slug="cut", name="Haarschnitt", minutes=30), StaffMember(name="Anna Lindgren")
        db.session.add_all([service, anna])
        db.session.flush()
        slot = {"branch_id": call.branch_id, "service_id": service.id, "staff_id": anna.id, "call_id": call.id, "timezone": "Europe/Berlin"}
        slot |= {"starts_at": starts, "ends_at": starts + timedelta(minutes=30)}
        hold = Hold(**slot, parts=[], token_hash="0" * 64, expires_at=now() + timedelta(minutes=5))
        db.session.add(hold)
        db.session.flush()
        publish(events.HoldPlaced(salon.company_id, call.branch_id, hold.id, call.id))
        publish(build_event(call, events.CallUpdated))
    placed, with_hold = live_events()
    assert (placed.name, placed.booking_id, placed.call_id) == ("hold.placed", None, call.id)
    assert (placed.data["hold"], placed.data["service"], placed.data["staff"]) == (hold.id, "Haarschnitt", "Anna Lindgren")
    assert (with_hold.data["state"], with_hold.data["hold"]) == ("held", placed.data)

    with company_scope(salon.company_id), transaction():
        db.session.get_one(Hold, hold.id).status = "used"
        booking = Booking(**slot, source="call")
        db.session.add(booking)
        db.session.flush()
        publish(events.BookingCreated(salon.company_id, call.branch_id, booking.id, call.id))
        publish(build_event(call, events.CallUpdated))
    made, with_booking, figures = live_events()[2:]
    assert (made.name, made.booking_id) == ("booking.made", booking.id)
    assert made.data == {
        "id": booking.id, "status": "confirmed", "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(minutes=30)).isoformat(),
        "service": "Haarschnitt", "staff": "Anna Lindgren", "staff_id": slot["staff_id"], "branch_id": call.branch_id,
    }  # fmt: skip
    assert (with_booking.data["state"], with_booking.data["hold"], with_booking.data["booking"]) == ("booked", None, made.data)
    assert with_booking.data["booking_id"] == booking.id
    assert figures.data == {"changed": ["bookings"]}
