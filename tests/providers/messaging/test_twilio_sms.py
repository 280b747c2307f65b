"""SMS against Twilio's double over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.core.clock import now
from app.providers import open_messenger
from app.providers.http import ConnectionFailed, RateLimited, ResponseTimeout
from app.providers.messaging.base import MessageRejected, Messenger, OutgoingMessage, SenderAccount
from tests.doubles.messaging import ACCOUNT, TOKEN, TwilioDouble

HELLO = OutgoingMessage("01JMESSAGE", "+491713920050", "Ihr Termin: https://example.org/b/x")


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as twilio:
        yield twilio


@pytest.fixture
def driver(ground: None, double: TwilioDouble) -> Messenger:
    return open_messenger(SenderAccount("twilio", double.url, ACCOUNT, TOKEN, "Lindgren"))


def test_a_message_is_handed_over_as_a_form_and_gets_its_name(driver: Messenger, double: TwilioDouble) -> None:
    name = driver.send(HELLO)
    (sent,) = double.messages
    assert name == sent["sid"]
    assert (sent["to"], sent["from"], sent["body"]) == (HELLO.to, "Lindgren", HELLO.body)


def test_a_lost_answer_is_no_second_message(driver: Messenger, double: TwilioDouble) -> None:
    double.fail("lost")
    with pytest.raises(ResponseTimeout):
        driver.send(HELLO)
    assert driver.send(replace(HELLO, asked_at=now())) == double.messages[0]["sid"]
    assert len(double.messages) == 1


def test_what_was_not_there_yet_is_sent_on_the_second_try(driver: Messenger, double: TwilioDouble) -> None:
    double.fail("500")
    with pytest.raises(ResponseTimeout):
        driver.send(HELLO)
    driver.send(replace(HELLO, asked_at=now()))
    assert len(double.messages) == 1


@pytest.mark.parametrize(("code", "reason"), [(21211, "unreachable"), (21610, "opted_out"), (21408, "not_allowed"), (99999, "refused")])
def test_a_refusal_says_why_in_our_words(driver: Messenger, double: TwilioDouble, code: int, reason: str) -> None:
    double.refuse[HELLO.to] = code
    with pytest.raises(MessageRejected) as refused:
        driver.send(HELLO)
    assert (refused.value.code, refused.value.retryable) == (reason, False)
    assert TOKEN not in str(refused.value.message)


def test_a_wrong_key_is_not_allowed(ground: None, double: TwilioDouble) -> None:
    with pytest.raises(MessageRejected) as refused:
        open_messenger(SenderAccount("twilio", double.url, ACCOUNT, "wrong", "Lindgren")).send(HELLO)
    assert refused.value.code == "not_allowed"


def test_who_is_asked_to_wait_waits_and_asks_nobody(driver: Messenger, double: TwilioDouble) -> None:
    double.fail("429", seconds=20)
    for _try in range(2):
        with pytest.raises(RateLimited):
            driver.send(HELLO)
    assert len(double.requests) == 1


def test_when_nobody_listens_nothing_was_sent(driver: Messenger, double: TwilioDouble) -> None:
    with double.down(), pytest.raises(ConnectionFailed):
        driver.send(HELLO)
