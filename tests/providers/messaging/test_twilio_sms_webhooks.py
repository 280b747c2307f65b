"""Incoming SMS in our words: STOP, START or neither, whatever comes."""

from urllib.parse import urlencode

import pytest

from app.providers import get_webhook_kind, get_webhook_reader, list_webhook_providers
from app.providers.webhook_reader import Unreadable
from tests.support.tables import each_row

READER = get_webhook_reader("twilio_sms")


def _form(**fields: str) -> bytes:
    return urlencode({"MessageSid": "SM1", "From": "+491713920050", "To": "+493023125100", "Body": "START", **fields}).encode()


def test_the_registry_knows_it_by_its_name() -> None:
    assert READER.name == "twilio_sms" and READER.name in list_webhook_providers()
    assert get_webhook_kind("twilio_sms") == "messages"


@each_row(
    "fields, kind",
    [
        ({}, "start"), ({"Body": "Stop."}, "stop"), ({"Body": "„Stop“"}, "message"), ({"Body": "ABMELDEN"}, "stop"),
        ({"Body": ""}, "message"),
        ({"Body": "bitte nicht mehr", "OptOutType": "STOP"}, "stop"), ({"Body": "ok", "OptOutType": "START"}, "start"),
        ({"Body": "hilfe", "OptOutType": "HELP"}, "message"), ({"Body": "start um zehn?"}, "message"),
    ],
)  # fmt: skip
def test_only_the_words_of_the_carrier_count(fields: dict[str, str], kind: str) -> None:
    assert READER.peek(_form(**fields)).event == READER.read(_form(**fields)).kind == kind
    assert kind in READER.event_names


def test_a_second_delivery_has_the_same_key_and_another_message_another() -> None:
    assert READER.peek(_form()).dedupe_key == READER.peek(_form(Body="x")).dedupe_key != READER.peek(_form(MessageSid="SM2")).dedupe_key


@pytest.mark.parametrize("raw", [b"", b"\xff", b"{}", b"MessageSid=", "MessageSid=ü".encode(), b"From=1&To=2"])
def test_what_is_no_message_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        READER.peek(raw)
