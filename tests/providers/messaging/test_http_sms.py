"""SMS over a company's own gateway, against a double over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import current_app

from app.core.clock import now
from app.providers import open_messenger, public_http
from app.providers.http import ConnectionFailed, RateLimited, ResponseTimeout
from app.providers.messaging.base import GatewayFormat, MessageRejected, OutgoingMessage, SenderAccount
from tests.doubles.messaging import SmsGatewayDouble
from tests.support.tables import each_row

HELLO = OutgoingMessage("01JMESSAGE", "+491713920050", "Ihr Termin: Grüße & bis bald")


class Settings:
    private_hosts = True


@pytest.fixture
def settings(ground: None) -> Settings:
    current_app.config["SETTINGS"] = Settings()
    return current_app.config["SETTINGS"]


@pytest.fixture
def double() -> Iterator[SmsGatewayDouble]:
    with SmsGatewayDouble() as gateway:
        yield gateway


@pytest.fixture
def sender(settings: Settings, double: SmsGatewayDouble) -> SenderAccount:
    return SenderAccount("sms_gateway", f"{double.url}/sms", key=double.key, address="Lindgren", gateway=GatewayFormat())


def test_a_message_is_posted_as_json_and_gets_the_gateways_id(sender: SenderAccount, double: SmsGatewayDouble) -> None:
    assert open_messenger(sender).send(HELLO) == "gw-1"
    assert double.messages == [{"to": HELLO.to, "text": HELLO.body, "from": "Lindgren"}]


def test_it_is_spoken_to_in_its_own_words(sender: SenderAccount, double: SmsGatewayDouble) -> None:
    double.header = "X-Api-Key"
    own = GatewayFormat("X-Api-Key", "form", "to", "message", "sender")
    open_messenger(replace(sender, gateway=own)).send(HELLO)
    assert double.messages == [{"to": HELLO.to, "message": HELLO.body, "sender": "Lindgren"}]


def test_a_lost_answer_is_no_second_message(sender: SenderAccount, double: SmsGatewayDouble) -> None:
    double.fail("lost")
    with pytest.raises(ResponseTimeout):
        open_messenger(sender).send(HELLO)
    assert open_messenger(sender).send(replace(HELLO, asked_at=now())) == "gw-1"
    assert len(double.messages) == 1


def test_an_answer_that_names_no_id_is_one(sender: SenderAccount, double: SmsGatewayDouble) -> None:
    double.refuse[HELLO.to] = (200, {"success": "100"})
    assert open_messenger(sender).send(HELLO) == HELLO.ref


@each_row(
    "status, body, reason",
    [
        (400, {"error": "opted_out"}, "opted_out"),
        (422, {"code": "invalid_number"}, "unreachable"),
        (403, {"error": "opted_out"}, "not_allowed"),
        (400, {"error": {"text": "no"}}, "refused"),
        (400, {}, "refused"),
        # an address that has moved has sent nothing
        (302, {}, "refused"),
        (308, {"id": "gw-1"}, "refused"),
    ],
)
def test_a_refusal_says_why_in_our_words(
    sender: SenderAccount, double: SmsGatewayDouble, status: int, body: dict[str, Any], reason: str
) -> None:
    double.refuse[HELLO.to] = (status, body)
    with pytest.raises(MessageRejected) as refused:
        open_messenger(sender).send(HELLO)
    assert (refused.value.code, refused.value.retryable) == (reason, False)
    assert double.key not in refused.value.message


@each_row("fault, error", [("429", RateLimited), ("503", ResponseTimeout), ("cut", ResponseTimeout)])
def test_what_may_go_well_later_is_tried_again(sender: SenderAccount, double: SmsGatewayDouble, fault: Any, error: type[Exception]) -> None:
    double.fail(fault)
    with pytest.raises(error):
        open_messenger(sender).send(HELLO)


def test_when_nobody_listens_nothing_was_sent(sender: SenderAccount, double: SmsGatewayDouble) -> None:
    with double.down(), pytest.raises(ConnectionFailed):
        open_messenger(sender).send(HELLO)


def test_a_gateway_inside_our_network_is_not_knocked_at(sender: SenderAccount, double: SmsGatewayDouble, settings: Settings) -> None:
    settings.private_hosts = False
    with pytest.raises(MessageRejected) as refused:
        open_messenger(sender).send(HELLO)
    assert refused.value.code == "private_address"
    assert double.requests == []


def test_what_is_no_name_of_a_host_is_a_refusal(sender: SenderAccount) -> None:
    with pytest.raises(MessageRejected) as refused:
        open_messenger(replace(sender, url="https://sms..gateway.example/send")).send(HELLO)
    assert refused.value.code == "private_address"


def test_an_answer_that_does_not_end_is_given_up(sender: SenderAccount, double: SmsGatewayDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_http, "TOTAL_TIMEOUT_S", 0.1)
    double.fail("slow", seconds=3)
    with pytest.raises(ResponseTimeout):
        open_messenger(sender).send(HELLO)


def test_the_check_sends_nothing_and_tells_a_wrong_key(sender: SenderAccount, double: SmsGatewayDouble) -> None:
    open_messenger(sender).check()
    with pytest.raises(MessageRejected) as refused:
        open_messenger(replace(sender, key="another_key_of_somebody")).check()
    assert refused.value.code == "not_allowed"
    assert double.messages == []
