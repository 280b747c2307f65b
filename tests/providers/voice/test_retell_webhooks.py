"""Retell's events as they come, incomplete, odd and hostile."""

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, strategies as st
from retell.types import PhoneCallResponse

from app.providers import get_call_webhook_reader
from app.providers.voice.call_webhook_reader import TranscriptTurn, Unreadable
from app.providers.voice.retell_webhooks import END_CATEGORIES, END_CATEGORY_BY_REASON
from tests.providers.contract import DriverContract, payload

NAMES = ["call_started", "transcript_updated", "transfer_started", "call_ended", "call_ended_not_connected", "call_analyzed"]
RETELL = get_call_webhook_reader("retell")


def document(name: str = "call_analyzed", **call) -> dict:
    """A payload with fields of its call replaced; ... takes a field away."""
    found = copy.deepcopy(payload(f"retell_{name}.json"))
    found["call"].update({key: value for key, value in call.items() if value is not ...})
    for key in [key for key, value in call.items() if value is ...]:
        found["call"].pop(key, None)
    return found


def encoded(doc) -> bytes:
    return json.dumps(doc, ensure_ascii=False).encode()


def read(name: str = "call_analyzed", **call):
    return RETELL.read(encoded(document(name, **call)))


class TestRetell(DriverContract):
    provider = "retell"

    def bodies(self):
        return [encoded(document(name)) for name in NAMES]


def test_an_analyzed_call_is_read_completely():
    event = read()
    assert (event.kind, event.name, event.status, event.provider_call_id) == ("analyzed", "call_analyzed", "ended", "call_lindgren0001")
    assert (event.direction, event.caller_raw, event.business_raw) == ("inbound", "+491713920050", "+493023125100")
    assert (event.agent_ref, event.agent_version, event.telephony_id) == ("agent_lena", 3, "CA00000000000000000000000000000051")
    assert event.started_at == datetime(2026, 3, 10, 8, 14, 5, 120000, tzinfo=UTC)
    assert event.ended_at == datetime(2026, 3, 10, 8, 14, 53, 850000, tzinfo=UTC)
    assert (event.duration_s, event.cost_cents, event.language) == (49, Decimal("7.3100"), "de")
    assert (event.end_category, event.disconnection_reason) == ("talked", "user_hangup")
    assert (event.sentiment, event.successful, event.in_voicemail) == ("positive", True, False)
    assert event.summary == "Jonas Weber wollte am Donnerstag um 10 Uhr einen Haarschnitt."
    assert (
        event.analysis["leistung"] == "Haarschnitt" and event.collected == {"wunsch": "Donnerstag"} and event.metadata == {"visit": "first"}
    )
    assert event.recording_url == "https://recordings.example.com/call_lindgren0001/recording.wav"
    assert event.sequence is None


def test_turns_and_tools_keep_their_order_and_times():
    event = read()
    assert [turn.role for turn in event.turns] == ["agent", "caller", "agent", "caller"]
    assert event.turns[3] == TranscriptTurn("caller", "Ja, sehr gern.", 16.1, 17.1)
    check, book = event.tool_uses
    assert (check.name, check.position, check.successful, check.finished) == ("check_availability", 1, True, True)
    assert check.arguments == {"service": "Haarschnitt", "date": "2026-03-12"}
    assert check.result["data"]["slots"] == [{"starts_at": "2026-03-12T10:00:00+01:00"}]
    assert (book.position, book.successful, book.result["code"]) == (3, False, "slot_taken")


def test_a_running_tool_has_no_result_yet():
    (check,) = read("transcript_updated").tool_uses
    assert (check.finished, check.result, check.successful, check.position) == (False, None, None, 1)


def test_the_status_comes_from_the_event_never_from_the_snapshot_beside_it():
    assert read("call_started", call_status="ended").status == "ongoing"
    assert read("transcript_updated", call_status="ended").status == "ongoing"
    assert read("call_ended", call_status="registered").status == "ended"
    assert read("call_ended", call_status="ongoing", disconnection_reason=None).status == "ended"
    assert read("call_ended_not_connected").status == "not_connected"
    assert read("call_ended", disconnection_reason="error_asr").status == "error"
    assert RETELL.read(encoded({**document("transfer_started"), "event": "transfer_ended"})).status is None


@pytest.mark.parametrize(
    ("reason", "group", "status"),
    [
        ("agent_hangup", "talked", "ended"),
        ("voicemail_reached", "machine", "ended"),
        ("call_transfer", "transfer", "ended"),
        ("dial_busy", "not_reached", "not_connected"),
        ("no_valid_payment", "account", "error"),
        ("invalid_destination", "technical", "error"),
        ("error_of_next_year", "technical", "error"),
        ("dial_of_next_year", "not_reached", "not_connected"),
        ("abducted_by_aliens", "other", "ended"),
        (None, None, "ended"),
    ],
)
def test_every_reason_has_its_group(reason, group, status):
    event = read("call_ended", disconnection_reason=reason)
    assert (event.end_category, event.status, event.disconnection_reason) == (group, status, reason)
    assert bool(event.problems) == (reason is not None and reason not in END_CATEGORY_BY_REASON)


def test_every_reason_that_retells_sdk_lists_is_sorted_once():
    (listed,) = (arg for arg in get_args(PhoneCallResponse.model_fields["disconnection_reason"].annotation) if arg is not type(None))
    assert set(get_args(listed)) == set(END_CATEGORY_BY_REASON)
    assert len(END_CATEGORY_BY_REASON) == sum(len(reasons.split()) for reasons in END_CATEGORIES.values())


def test_an_outbound_call_is_made_from_the_businesss_number():
    event = read("call_ended_not_connected")
    assert (event.direction, event.business_raw, event.caller_raw) == ("outbound", "+493023125100", "+491713920051")


def test_a_web_call_has_no_numbers():
    event = read(call_type="web_call", from_number=..., to_number=..., direction=...)
    assert (event.direction, event.business_raw, event.caller_raw) == ("web", None, None)


def test_the_plain_transcript_serves_where_the_rich_ones_are_missing():
    rich = read("call_ended")
    without_tools = read("call_ended", transcript_with_tool_calls=...)
    assert without_tools.turns == rich.turns and without_tools.tool_uses == ()
    plain = read("call_ended", transcript_with_tool_calls=None, transcript_object=[])
    assert [(turn.role, turn.text) for turn in plain.turns] == [(turn.role, turn.text) for turn in rich.turns]
    lines = "Agent: Moment.\nIch sehe nach.\nUser: Gut"
    continued = read("call_ended", transcript=lines, transcript_object=..., transcript_with_tool_calls=...)
    assert continued.turns == (TranscriptTurn("agent", "Moment.\nIch sehe nach."), TranscriptTurn("caller", "Gut"))


def test_no_transcript_and_an_empty_one_are_told_apart():
    assert read("call_started").turns is None
    assert read("call_ended", transcript="", transcript_object=[], transcript_with_tool_calls=[]).turns == ()


def test_a_call_with_nothing_but_its_id_is_read():
    event = RETELL.read(b'{"event":"call_ended","call":{"call_id":"call_bare"}}')
    assert (event.kind, event.status, event.direction, event.turns, event.problems) == ("ended", "ended", "unknown", None, ())


def test_nulls_everywhere_are_nothing_everywhere():
    doc = document()
    doc["call"] = dict.fromkeys(doc["call"]) | {"call_id": "call_null"}
    event = RETELL.read(encoded(doc))
    assert (event.kind, event.turns, event.analysis, event.problems) == ("analyzed", None, {}, ())


WRONG = [
    ("start_timestamp", "yesterday"), ("start_timestamp", -5), ("start_timestamp", 10**30), ("start_timestamp", True), ("duration_ms", -1),
    ("duration_ms", [1]), ("agent_version", "seven"), ("agent_version", 10**20), ("from_number", {"a": 1}), ("metadata", "text"),
    ("call_analysis", []), ("call_cost", {"combined_cost": -3}), ("call_cost", {"combined_cost": 1e300}), ("direction", "sideways"),
    ("recording_url", "javascript:alert(1)"), ("transcript_with_tool_calls", {"a": 1}), ("transcript_with_tool_calls", [1, None, "x"]),
    ("end_timestamp", 1),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_value_is_left_out_noted_and_harms_nothing_else(field, value):
    event = read(**{field: value})
    assert event.problems
    assert event.provider_call_id == "call_lindgren0001"
    assert event.disconnection_reason == "user_hangup"


def test_numbers_written_as_text_count():
    event = read(start_timestamp="1773130445120", duration_ms="48730", agent_version="3", call_cost={"combined_cost": "7.31"})
    assert (event.duration_s, event.agent_version, event.cost_cents, event.problems) == (49, 3, Decimal("7.3100"), ())
    assert event.started_at == datetime(2026, 3, 10, 8, 14, 5, 120000, tzinfo=UTC)


def test_an_unknown_sentiment_is_unknown():
    event = read(call_analysis={"user_sentiment": "Ecstatic"})
    assert event.sentiment == "unknown" and event.problems == ("user_sentiment is unknown: Ecstatic",)


def test_poisonous_characters_are_taken_out():
    raw = encoded(document()).replace(b"sehr gern", rb"se\u0000hr \ud800gern\u202e")
    turn = RETELL.read(raw).turns[3]
    assert turn.text == "Ja, sehr gern."
    assert RETELL.peek(raw) == RETELL.peek(encoded(document()))


@pytest.mark.parametrize("odd", [b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b'"\\udead"'])
def test_what_only_lenient_parsers_take_is_mended(odd):
    raw = encoded(document()).replace(b'"agent_version": 3', b'"agent_version": ' + odd)
    event = RETELL.read(raw)
    assert event.agent_version is None and len(event.turns) == 4


NO_EVENTS = [
    b"", b"\x00", b"[]", b"null", b"1", b'"call_ended"', b"{", b"{}", b"\xff\xfe",
    b'{"event":null,"call":{}}', b'{"event":7,"call":{"call_id":"c"}}', b'{"event":"call_ended"}', b'{"event":"call_ended","call":null}',
    b'{"event":"call_ended","call":[]}', b'{"event":"call_ended","call":{}}', b'{"event":"call_ended","call":{"call_id":""}}',
    '{"event":"call_ended","call":{"call_id":"ä"}}'.encode(), b'{"event":"call_ended","call":{"call_id":"' + b"x" * 129 + b'"}}',
    b'{"event":"call_ended\\u0000","call":{}}',
    b'{"event":"call_ended","call":{"call_id":"c","x":' + b"[" * 3000 + b"]" * 3000 + b"}}",
    b'{"event":"call_ended","call":{"call_id":"c","metadata":' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"}}",
]  # fmt: skip


@pytest.mark.parametrize("raw", NO_EVENTS)
def test_what_is_no_event_is_unreadable(raw):
    for look in (RETELL.peek, RETELL.read):
        with pytest.raises(Unreadable):
            look(raw)


def test_deep_but_readable_values_are_cut():
    nested = json.loads("[" * 100 + "]" * 100)
    event = read(metadata={"deep": nested})
    assert "metadata is nested too deeply" in event.problems
    assert json.dumps(event.metadata).count("[") < 40


def test_an_event_of_the_future_is_kept_as_unknown():
    raw = b'{"event":"call_teleported","call":{"call_id":"call_9","to_number":"+493023125100"},"new":1}'
    assert RETELL.read(raw).kind == "unknown"
    assert RETELL.peek(raw).business_raw == "+493023125100"
    chat = b'{"event":"chat_started","chat":{"chat_id":"chat_1"}}'
    assert (RETELL.read(chat).kind, RETELL.peek(chat).provider_call_id) == ("unknown", None)


def test_lifecycle_events_are_one_per_call_whatever_else_changed():
    one, again = encoded(document("call_ended")), encoded(document("call_ended", duration_ms=1))
    assert RETELL.peek(one).dedupe_key == RETELL.peek(again).dedupe_key == "call_ended:call_lindgren0001"


def test_transcript_snapshots_are_told_apart_by_their_bytes():
    one, more = encoded(document("transcript_updated")), encoded(document("transcript_updated", transcript="more"))
    assert RETELL.peek(one).dedupe_key == RETELL.peek(one).dedupe_key
    assert RETELL.peek(one).dedupe_key != RETELL.peek(more).dedupe_key


def test_transfers_are_told_apart_by_start_and_destination():
    first = document("transfer_started")
    other = {**first, "transfer_destination": {"number": "+493023125178"}}
    assert RETELL.peek(encoded(first)).dedupe_key == "transfer_started:call_lindgren0001:1773130445120:+493023125177"
    assert RETELL.peek(encoded(first)).dedupe_key != RETELL.peek(encoded(other)).dedupe_key
    assert RETELL.read(encoded(first)).transfer_destination == "+493023125177"
    assert read("call_ended", transfer_destination="sip:empfang@salon-lindgren.example").transfer_destination.startswith("sip:")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(document()["call"])), json_values, st.sampled_from(NAMES))
def test_any_value_in_any_field_is_survived(field, value, name):
    raw = json.dumps(document(name, **{field: value})).encode()
    try:
        event = RETELL.read(raw)
    except Unreadable:
        assert field == "call_id"
        return
    assert json.dumps([event.analysis, event.metadata, event.collected], allow_nan=False)
