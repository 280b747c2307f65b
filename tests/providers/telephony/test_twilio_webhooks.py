"""Twilio's status callbacks as call events."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from app.providers import get_call_webhook_reader
from app.providers.telephony.form_body import parse_form
from app.providers.voice.call_webhook_reader import Unreadable
from tests.providers.contract import DriverContract, payload

TWILIO = get_call_webhook_reader("twilio")
FORMS = payload("twilio_status.json")


def form(**fields) -> bytes:
    return urlencode({**FORMS["inbound"], **fields}).encode()


class TestTwilio(DriverContract):
    provider = "twilio"

    def bodies(self):
        return [urlencode(each).encode() for each in (FORMS["inbound"], *FORMS["outbound"], FORMS["withheld"])]


def test_a_completed_inbound_call_says_when_it_was():
    event = TWILIO.read(form())
    assert (event.kind, event.name, event.status, event.end_category) == ("progress", "completed", "ended", "talked")
    assert event.provider_call_id == event.telephony_id == "CA00000000000000000000000000000051"
    assert (event.direction, event.caller_raw, event.business_raw) == ("inbound", "+491713920050", "+493023125100")
    assert event.ended_at == datetime(2026, 3, 10, 8, 14, 54, tzinfo=UTC)
    assert event.started_at == datetime(2026, 3, 10, 8, 14, 5, tzinfo=UTC)
    assert (event.duration_s, event.sequence) == (49, 0)


def test_the_progress_of_an_outbound_call_is_numbered():
    events = [TWILIO.read(urlencode(each).encode()) for each in FORMS["outbound"]]
    assert [event.status for event in events] == ["ringing", "ringing", "ongoing", "ended"]
    assert [event.sequence for event in events] == [0, 1, 2, 3]
    assert {(event.direction, event.business_raw, event.caller_raw) for event in events} == {("outbound", "+493023125100", "+491713920051")}


@pytest.mark.parametrize(
    ("word", "status", "end_category"),
    [
        ("queued", "ringing", None),
        ("busy", "not_connected", "not_reached"),
        ("no-answer", "not_connected", "not_reached"),
        ("canceled", "not_connected", "not_reached"),
        ("failed", "error", "technical"),
        ("teleported", None, None),
        ("", None, None),
    ],
)
def test_every_status_is_translated(word, status, end_category):
    event = TWILIO.read(form(CallStatus=word))
    assert (event.status, event.end_category) == (status, end_category)
    assert bool(event.problems) == (word == "teleported")


@pytest.mark.parametrize(
    ("word", "direction"), [("trunking-originating", "inbound"), ("trunking-terminating", "outbound"), ("outbound-dial", "outbound")]
)
def test_trunk_directions_are_named_from_the_trunks_side(word, direction):
    assert TWILIO.read(form(Direction=word)).direction == direction


def test_the_key_is_call_and_sequence_or_the_content():
    assert TWILIO.peek(form()).dedupe_key == "CA00000000000000000000000000000051:0"
    assert TWILIO.peek(form(SequenceNumber="2")).dedupe_key.endswith(":2")
    assert TWILIO.peek(form(SequenceNumber="")).dedupe_key != TWILIO.peek(form(SequenceNumber="", CallStatus="ringing")).dedupe_key


def test_empty_values_and_duplicates_are_kept_for_the_signature():
    assert parse_form(b"A=1&B=&A=2&B=&C=%C3%BC+x") == [("A", "1"), ("B", ""), ("A", "2"), ("B", ""), ("C", "ü x")]
    assert TWILIO.read(form() + b"&CallSid=CA2").provider_call_id == "CA00000000000000000000000000000051"


@pytest.mark.parametrize(
    "fields",
    [{"Timestamp": "soon"}, {"Timestamp": "Tue, 10 Mar 9999 08:14:54 +0000"}, {"CallDuration": "-3"}, {"CallDuration": "9" * 50},
     {"SequenceNumber": "first"}, {"RecordingUrl": "javascript:alert(1)"}, {"Direction": "sideways"}],
)  # fmt: skip
def test_a_wrong_value_is_left_out_and_noted(fields):
    event = TWILIO.read(form(**fields))
    assert event.problems and event.status == "ended"


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"CallSid=", b"CallSid=%C3%A4", b"CallSid=" + b"x" * 129, b"\xff\xfe", b"&".join([b"a=1"] * 600)]
)
def test_what_is_no_call_status_is_unreadable(raw):
    for look in (TWILIO.peek, TWILIO.read):
        with pytest.raises(Unreadable):
            look(raw)
