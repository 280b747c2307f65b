"""What events do to a call, in every order: sent signed through the door, worked through by the drain, looked at in the rows."""

import itertools
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.core.clock import now, to_ms
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.companies.phone_numbers import assign_number, dismiss_number, list_unassigned_numbers
from app.domain.inbox import processor
from app.domain.inbox.replay import replay
from app.models import Call, CallEvent, Customer, LiveEvent, StaffTask, ToolCall, Turn, WebhookEvent
from tests.support.retell_webhooks import CALLER, MITTE, PANKOW, START_MS, add_branch, call_body, make_company_with_number, send, transcript

END_MS = START_MS + 60_000
ENDED = {"end_timestamp": END_MS, "duration_ms": 60_000, "disconnection_reason": "user_hangup", "call_status": "ended"}
ANALYSIS = {
    "call_summary": "Frage nach Preisen.",
    "user_sentiment": "Neutral",
    "call_successful": True,
    "custom_analysis_data": {"anliegen": "auskunft"},
}
WORDS = ("Salon Lindgren, hier ist Lena.", "Was kostet Balayage?", "Ab 120 Euro.", "Danke, tschüss.")


@pytest.fixture
def salon(db):
    return make_company_with_number()


@pytest.fixture
def deliver(client, db):
    """Sends events and works through everything that is due."""

    def deliver(*bodies: bytes) -> None:
        for body in bodies:
            assert send(client, body).status_code == 204
        drain(db)

    return deliver


def drain(db) -> None:
    db.session.commit()
    while processor.drain_batch(50):
        pass
    db.session.expire_all()


def the_call(db) -> Call:
    with unscoped():
        (call,) = db.session.scalars(select(Call)).all()
    return call


def all_of(db, model: Any, *order: Any) -> list[Any]:
    with unscoped():
        return list(db.session.scalars(select(model).order_by(*order)))


def started(**call: Any) -> bytes:
    return call_body("call_started", call_status="ongoing", **call)


def snapshot(*words: str, **call: Any) -> bytes:
    return call_body("transcript_updated", transcript_object=transcript(*words), **call)


def ended(**call: Any) -> bytes:
    return call_body("call_ended", **{**ENDED, "transcript_object": transcript(*WORDS), **call})


def analyzed(analysis: dict[str, Any] = ANALYSIS, **call: Any) -> bytes:
    return call_body("call_analyzed", **{**ENDED, "transcript_object": transcript(*WORDS), "call_analysis": analysis, **call})


def test_a_call_goes_its_way(deliver, salon, db) -> None:
    deliver(started())
    call = the_call(db)
    assert (call.company_id, call.status, call.outcome, call.from_number, call.to_number) == (salon.id, "ongoing", None, CALLER, MITTE)
    assert call.routing["by"] == "number"
    deliver(snapshot(*WORDS[:2]))
    assert [turn.text for turn in all_of(db, Turn, Turn.position)] == list(WORDS[:2])
    deliver(ended())
    call = the_call(db)
    assert (call.status, call.duration_s, call.turn_count) == ("ended", 60, 4)
    deliver(analyzed())
    call = the_call(db)
    assert (call.outcome, call.summary, call.sentiment, call.successful) == ("information", "Frage nach Preisen.", "neutral", True)
    assert [event.type for event in all_of(db, CallEvent, CallEvent.seq)] == ["matched", "started", "turns", "ended", "analyzed"]
    assert [event.seq for event in all_of(db, CallEvent, CallEvent.seq)] == [1, 2, 3, 4, 5]
    assert {event.status for event in db.session.scalars(select(WebhookEvent))} == {"handled"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_every_order_ends_in_the_same_state(deliver, salon, db, order: tuple[int, ...]) -> None:
    events = [started(), snapshot(*WORDS[:3]), ended(), analyzed()]
    for index in order:
        deliver(events[index])
    call = the_call(db)
    assert (call.status, call.outcome, call.turn_count, call.duration_s, call.summary) == (
        "ended",
        "information",
        4,
        60,
        "Frage nach Preisen.",
    )
    assert to_ms(call.started_at) == START_MS
    assert [turn.text for turn in all_of(db, Turn, Turn.position)] == list(WORDS)


def test_all_at_once_in_one_batch_is_the_same(deliver, salon, db) -> None:
    deliver(analyzed(), ended(), snapshot(*WORDS[:1]), started())
    call = the_call(db)
    assert (call.status, call.outcome, call.turn_count) == ("ended", "information", 4)


def test_a_late_started_event_does_not_reopen_an_ended_call(deliver, salon, db) -> None:
    deliver(ended())
    deliver(started())
    assert the_call(db).status == "ended"


def test_a_shorter_snapshot_never_overwrites_a_longer_one(deliver, salon, db) -> None:
    deliver(snapshot(*WORDS[:3]), snapshot(*WORDS[:2]))
    assert the_call(db).turn_count == 3
    deliver(snapshot(WORDS[0], WORDS[1], WORDS[2] + " Je nach Länge."))
    assert all_of(db, Turn, Turn.position)[2].text.endswith("Je nach Länge.")
    deliver(snapshot(*WORDS[:3], note=1))
    assert all_of(db, Turn, Turn.position)[2].text.endswith("Je nach Länge.")


def test_an_ended_event_without_words_keeps_the_words(deliver, salon, db) -> None:
    deliver(snapshot(*WORDS), ended(transcript_object=None))
    assert the_call(db).turn_count == 4


def test_a_call_never_begins_after_its_end(deliver, salon, db) -> None:
    """Its first event is its end, without a start: what is known is the end, and not how long it took."""
    deliver(ended(start_timestamp=None, duration_ms=None))
    call = the_call(db)
    assert (to_ms(call.started_at), to_ms(call.ended_at or now()), call.duration_s) == (END_MS, END_MS, None)
    deliver(analyzed(start_timestamp=None, duration_ms=None))
    assert (to_ms(the_call(db).started_at), the_call(db).duration_s) == (END_MS, None)
    deliver(started())
    assert (to_ms(the_call(db).started_at), the_call(db).duration_s) == (START_MS, 60)


def test_end_and_duration_tell_the_start(deliver, salon, db) -> None:
    deliver(ended(start_timestamp=None))
    assert (to_ms(the_call(db).started_at), the_call(db).duration_s) == (START_MS, 60)


def test_a_start_told_after_the_end_moves_to_it(deliver, salon, db) -> None:
    deliver(analyzed(start_timestamp=None, end_timestamp=END_MS), started(start_timestamp=END_MS + 5_000))
    call = the_call(db)
    assert call.ended_at is not None and call.started_at <= call.ended_at


def test_a_call_that_never_connected_is_missed(deliver, salon, db) -> None:
    deliver(
        call_body("call_ended", disconnection_reason="dial_no_answer", call_status="not_connected", end_timestamp=END_MS, duration_ms=0)
    )
    call = the_call(db)
    assert (call.status, call.outcome) == ("not_connected", "missed")


@pytest.mark.parametrize(
    ("reason", "status", "outcome"),
    [
        ("voicemail_reached", "ended", "voicemail"),
        ("call_transfer", "ended", "transferred"),
        ("error_asr", "error", "unknown"),
        ("a_reason_of_tomorrow", "ended", None),
    ],
)
def test_how_it_ended_says_what_came_of_it(deliver, salon, db, reason: str, status: str, outcome: str | None) -> None:
    deliver(started(), ended(disconnection_reason=reason))
    call = the_call(db)
    assert (call.status, call.outcome, call.disconnection_reason) == (status, outcome, reason)


def test_who_says_nothing_has_hung_up(deliver, salon, db) -> None:
    deliver(started(), ended(transcript_object=transcript(WORDS[0])))
    assert the_call(db).outcome == "hung_up"


def test_a_bridged_transfer_is_kept_whatever_ends_the_call(deliver, salon, db) -> None:
    deliver(started(), call_body("transfer_bridged"), ended())
    assert the_call(db).outcome == "transferred"


def test_a_cancelled_transfer_is_none(deliver, salon, db) -> None:
    deliver(started(), call_body("transfer_started"), call_body("transfer_cancelled"), ended(), analyzed())
    assert the_call(db).outcome == "information"


def test_tool_calls_are_stored_once_and_finished_later(deliver, salon, db) -> None:
    call = {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "check_availability", "arguments": '{"service": "Schnitt"}'}
    result = {"role": "tool_call_result", "tool_call_id": "t1", "successful": True, "content": '{"ok": true, "slots": []}'}
    deliver(call_body("transcript_updated", transcript_with_tool_calls=[*transcript(*WORDS[:2]), call]))
    (tool,) = all_of(db, ToolCall)
    assert (tool.name, tool.arguments, tool.result, tool.finished_at) == ("check_availability", {"service": "Schnitt"}, None, None)
    deliver(call_body("transcript_updated", transcript_with_tool_calls=[*transcript(*WORDS[:2]), call, result]))
    (tool,) = all_of(db, ToolCall)
    assert (tool.ok, tool.result) == (True, {"ok": True, "slots": []})
    assert tool.finished_at is not None


def test_an_unknown_number_waits_until_it_is_somebodys(deliver, salon, db) -> None:
    deliver(started(to_number="+493023125190"), ended(to_number="+493023125190"))
    assert all_of(db, Call) == []
    (entry,) = list_unassigned_numbers()
    assert (entry["to_number"], entry["calls"], entry["events"], entry["reason"]) == ("+493023125190", 1, 2, "unknown_number")
    with company_scope(salon.id):
        branch = add_branch(salon, "Berlin-Spandau", "+493023125102")
    with transaction():
        assign_number("030 23125190", company_id=salon.id, branch_id=branch.id)
    drain(db)
    call = the_call(db)
    assert (call.branch_id, call.status) == (branch.id, "ended")
    assert list_unassigned_numbers() == []


def test_a_dismissed_number_leaves_the_tray_and_can_come_back(deliver, salon, db) -> None:
    deliver(started(to_number="+493023125190"))
    with transaction():
        assert dismiss_number("+493023125190", reason="not ours") == 1
    assert list_unassigned_numbers() == []
    with transaction():
        replay([event.id for event in all_of(db, WebhookEvent)])
    drain(db)
    assert len(list_unassigned_numbers()) == 1


def test_a_moved_number_leads_to_its_new_branch_at_once(deliver, salon, db) -> None:
    deliver(started(call_id="call_a"))
    branch = add_branch(salon, "Berlin-Pankow", PANKOW)
    with transaction():
        assign_number(MITTE, company_id=salon.id, branch_id=branch.id)
    deliver(started(call_id="call_b"), ended(call_id="call_a"))
    branches = {call.provider_call_id: call.branch_id for call in all_of(db, Call)}
    assert branches["call_b"] == branch.id
    assert branches["call_a"] != branch.id


def test_withheld_callers_are_nobody(deliver, salon, db) -> None:
    for number, caller in enumerate(["anonymous", "", "+266696687", "Restricted"]):
        deliver(started(call_id=f"call_{number}", from_number=caller))
    assert {(call.caller_kind, call.from_number, call.customer_id) for call in all_of(db, Call)} == {("withheld", None, None)}
    assert all_of(db, Customer) == []


def test_the_same_number_is_the_same_customer(deliver, salon, db) -> None:
    deliver(started(call_id="call_a"), started(call_id="call_b"))
    deliver(started(call_id="call_c"))
    assert len({call.customer_id for call in all_of(db, Call)}) == 1
    assert len(all_of(db, Customer)) == 1


def test_an_event_applied_again_changes_nothing(deliver, salon, db) -> None:
    deliver(started(), snapshot(*WORDS[:2]), ended(), analyzed())
    before = [(event.seq, event.type) for event in all_of(db, CallEvent, CallEvent.seq)]
    state = (the_call(db).outcome, the_call(db).turn_count, the_call(db).event_count)
    with transaction():
        assert replay([event.id for event in all_of(db, WebhookEvent)]) == 4
    drain(db)
    assert [(event.seq, event.type) for event in all_of(db, CallEvent, CallEvent.seq)] == before
    assert (the_call(db).outcome, the_call(db).turn_count, the_call(db).event_count) == state


def test_a_poison_event_harms_no_other(deliver, salon, db, monkeypatch) -> None:
    from app.domain.calls import lifecycle

    real = lifecycle.merge_fields

    def fail_for_one(call: Call, event: Any) -> None:
        if event.provider_call_id == "call_poison":
            raise RuntimeError("cannot be applied")
        real(call, event)

    monkeypatch.setattr(lifecycle, "merge_fields", fail_for_one)
    deliver(started(call_id="call_a"), started(call_id="call_poison"), started(call_id="call_b"))
    assert {call.provider_call_id for call in all_of(db, Call)} == {"call_a", "call_b"}
    poison = db.session.scalars(select(WebhookEvent).where(WebhookEvent.provider_call_id == "call_poison")).one()
    assert (poison.status, poison.attempts) == ("pending", 1)
    assert "cannot be applied" in poison.reason
    for _ in range(len(processor.RETRY_DELAYS)):
        db.session.execute(update(WebhookEvent).where(WebhookEvent.status == "pending").values(due_at=now()))
        drain(db)
    poison = db.session.scalars(select(WebhookEvent).where(WebhookEvent.provider_call_id == "call_poison")).one()
    assert (poison.status, poison.attempts) == ("dead", len(processor.RETRY_DELAYS) + 1)
    monkeypatch.setattr(lifecycle, "merge_fields", real)
    with transaction():
        replay([poison.id])
    drain(db)
    assert {call.provider_call_id for call in all_of(db, Call)} == {"call_a", "call_b", "call_poison"}


def test_an_unknown_event_is_kept_and_moves_nothing(deliver, salon, db) -> None:
    deliver(call_body("call_of_the_future"))
    (event,) = all_of(db, WebhookEvent)
    assert event.status == "ignored"
    assert all_of(db, Call) == []


def test_a_stalled_twin_writes_nothing(client, salon, db, monkeypatch) -> None:
    from app.domain.inbox import lease

    send(client, started())
    db.session.commit()
    token, rows = lease.claim(10)
    assert len(rows) == 1
    assert lease.claim(10)[1] == []
    monkeypatch.setattr(lease, "now", lambda: now() + lease.LEASE * 2)
    other, again = lease.claim(10)
    assert [row.id for row in again] == [row.id for row in rows]
    processor._process_batch(other, again)
    with pytest.raises(lease.LeaseLost):
        processor._process_batch(token, rows)
    assert len(all_of(db, CallEvent)) == 2


def test_events_of_one_call_are_in_one_pair_of_hands(client, salon, db) -> None:
    from app.domain.inbox import lease

    for body in (started(), ended(), started(call_id="call_2")):
        send(client, body)
    db.session.commit()
    _, first = lease.claim(1)
    _, rest = lease.claim(10)
    assert [row.provider_call_id for row in first] == ["call_1"]
    assert [row.provider_call_id for row in rest] == ["call_2"]


def test_a_company_cannot_catch_calls_through_its_connection(client, salon, db) -> None:
    from app.models import Connection

    other = make_company_with_number("other", "+493023125177", "Anderswo")
    with company_scope(other.id):
        connection = Connection(provider="retell", api_key="key_of_other")
        db.session.add(connection)
        db.session.commit()
        path = f"/api/retell/webhook/{connection.id}"
    send(client, started(), path=path, key="key_of_other")
    drain(db)
    assert all_of(db, Call) == []
    send(client, started(call_id="call_2", to_number="+493023125177"), path=path, key="key_of_other")
    send(client, started())
    drain(db)
    assert {call.company_id for call in all_of(db, Call)} == {salon.id, other.id}


def test_a_call_wish_that_does_not_hold_becomes_one_task(deliver, salon, db) -> None:
    wish = {"anliegen": "termin_buchen", "termin_gebucht": True, "datum": "31.02.2026", "uhrzeit": "10:00", "name": "Jonas Weber"}
    deliver(started(), ended(), analyzed(ANALYSIS | {"custom_analysis_data": wish}))
    with transaction():
        replay([event.id for event in all_of(db, WebhookEvent)])
    drain(db)
    (task,) = all_of(db, StaffTask)
    assert (task.kind, task.reason, task.call_id) == ("check_booking", "no_time", the_call(db).id)


def test_callbacks_become_tasks(deliver, salon, db) -> None:
    deliver(analyzed(ANALYSIS | {"custom_analysis_data": {"rueckruf_gewuenscht": True}}))
    assert [task.kind for task in all_of(db, StaffTask)] == ["callback"]
    assert the_call(db).outcome == "callback"


def test_live_sequences_have_no_gaps(deliver, salon, db) -> None:
    deliver(started(), snapshot(*WORDS[:2]), ended(), analyzed())
    numbers = [event.seq for event in all_of(db, LiveEvent, LiveEvent.seq)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert db.session.scalar(select(func.count()).select_from(WebhookEvent)) == 4
