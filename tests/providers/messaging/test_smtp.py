"""E-mail against a mail server that speaks SMTP."""

from collections.abc import Iterator

import pytest

from app.providers import open_messenger
from app.providers.http import ConnectionFailed, ResponseTimeout
from app.providers.messaging.base import MessageRejected, Messenger, OutgoingMessage, SenderAccount
from tests.doubles.messaging import MailDouble

HELLO = OutgoingMessage("01JMESSAGE", "mira@example.org", "Schöne Grüße\nhttps://example.org/b/x", "Ihr Termin für Strähnchen")


@pytest.fixture
def double() -> Iterator[MailDouble]:
    with MailDouble() as mail:
        yield mail


@pytest.fixture
def driver(ground: None, double: MailDouble) -> Messenger:
    return open_messenger("smtp", SenderAccount(double.url, address="Salon Lindgren <termine@salon.example>"))


def test_a_mail_carries_words_sender_and_our_reference(driver: Messenger, double: MailDouble) -> None:
    assert driver.send(HELLO) == "<01JMESSAGE@salon.example>"
    (mail,) = double.mails
    assert mail["Message-ID"] == "<01JMESSAGE@salon.example>"
    assert (mail["To"], mail["From"], mail["Subject"]) == (HELLO.to, "Salon Lindgren <termine@salon.example>", HELLO.subject)
    assert mail.get_content().split() == HELLO.body.split()


def test_a_second_copy_bears_the_same_name(driver: Messenger, double: MailDouble) -> None:
    double.loses = 1
    with pytest.raises(ResponseTimeout):
        driver.send(HELLO)
    driver.send(HELLO)
    assert len({mail["Message-ID"] for mail in double.mails}) == 1


def test_nobody_of_that_name_is_for_good_and_a_full_box_is_for_now(driver: Messenger, double: MailDouble) -> None:
    double.says["RCPT"] = "550 no such user"
    with pytest.raises(MessageRejected) as refused:
        driver.send(HELLO)
    assert refused.value.code == "unreachable"
    double.says["RCPT"] = "452 mailbox full"
    with pytest.raises(ConnectionFailed):
        driver.send(HELLO)
    assert double.mails == []


def test_when_nobody_listens_nothing_was_sent(ground: None) -> None:
    with pytest.raises(ConnectionFailed):
        open_messenger("smtp", SenderAccount("smtp://127.0.0.1:1", address="termine@salon.example")).send(HELLO)


def test_no_line_break_smuggles_a_header_in(driver: Messenger, double: MailDouble) -> None:
    with pytest.raises(ValueError):
        driver.send(OutgoingMessage("01J", "mira@example.org\r\nBcc: all@example.org", "x", "y"))
    assert double.mails == []
