"""E-mail against a mail server that speaks SMTP."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.core.circuit_breaker import MAX_FAILURES
from app.core.errors import ProviderError
from app.providers import open_messenger
from app.providers.http import ConnectionFailed, ResponseTimeout
from app.providers.messaging import smtp
from app.providers.messaging.base import MessageRejected, Messenger, OutgoingMessage, SenderAccount
from tests.doubles.messaging import MailDouble

HELLO = OutgoingMessage("01JMESSAGE", "mira@example.org", "Schöne Grüße\nhttps://example.org/b/x", "Ihr Termin für Strähnchen")


@pytest.fixture
def double() -> Iterator[MailDouble]:
    with MailDouble() as mail:
        yield mail


@pytest.fixture
def driver(ground: None, double: MailDouble) -> Messenger:
    return open_messenger(SenderAccount("smtp", double.url, address="Salon Lindgren <termine@salon.example>"))


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
        open_messenger(SenderAccount("smtp", "smtp://127.0.0.1:1", address="termine@salon.example")).send(HELLO)


def test_no_line_break_smuggles_a_header_in(driver: Messenger, double: MailDouble) -> None:
    for to, subject in (("mira@example.org\r\nBcc: all@example.org", "y"), ("mira@example.org", "y\r\nBcc: all@example.org")):
        with pytest.raises(MessageRejected):
            driver.send(OutgoingMessage("01J", to, "x", subject))
    assert double.mails == []


@pytest.mark.parametrize(
    ("to", "sent"),
    [
        ("info@müller-friseur.example", "info@xn--mller-friseur-wob.example"),
        ("kasse@straße.example", "kasse@xn--strae-oqa.example"),
        ("info@xn--mller-friseur-wob.example", "info@xn--mller-friseur-wob.example"),
    ],
)
def test_a_domain_beyond_ascii_is_sent_in_its_ascii_form(driver: Messenger, double: MailDouble, to: str, sent: str) -> None:
    driver.send(replace(HELLO, to=to))
    assert double.mails[0]["To"] == sent and f"RCPT TO:<{sent.upper()}>" in double.heard


def test_a_senders_domain_beyond_ascii_is_sent_in_its_ascii_form(ground: None, double: MailDouble) -> None:
    own = SenderAccount("smtp", double.url, address="Salon Müller <termine@salon-müller.example>")
    assert open_messenger(own).send(HELLO) == "<01JMESSAGE@xn--salon-mller-zhb.example>"
    assert double.mails[0]["From"] == "Salon Müller <termine@xn--salon-mller-zhb.example>"


@pytest.mark.parametrize(
    ("to", "answer", "error"),
    [
        ("müller@example.org", "", MessageRejected),
        ("a@b.example,c@d.example", "", MessageRejected),
        ("mira@example.org", "550 no such user", MessageRejected),
        ("mira@example.org", "452 mailbox full", ConnectionFailed),
        ("mira@example.org", "450 greylisted, try again later", ConnectionFailed),
    ],
)
def test_errors_of_single_addresses_hold_back_no_other_mail(
    driver: Messenger, double: MailDouble, to: str, answer: str, error: type[ProviderError]
) -> None:
    double.says = {"RCPT": answer} if answer else {}
    for _attempt in range(MAX_FAILURES + 1):
        with pytest.raises(error):
            driver.send(replace(HELLO, to=to))
    double.says = {}
    driver.send(HELLO)
    assert [mail["To"] for mail in double.mails] == [HELLO.to]


def test_a_server_that_closes_down_opens_the_breaker(driver: Messenger, double: MailDouble) -> None:
    double.says["RCPT"] = "421 closing down"
    for _attempt in range(MAX_FAILURES):
        with pytest.raises(ConnectionFailed):
            driver.send(HELLO)
    double.says = {}
    with pytest.raises(ConnectionFailed, match="breaker"):
        driver.send(HELLO)


def test_a_refused_sender_is_said_and_marks_no_recipient(driver: Messenger, double: MailDouble) -> None:
    double.says["MAIL"] = "550 you may not send from there"
    for attempt in (driver.check, lambda: driver.send(HELLO)):
        with pytest.raises(MessageRejected) as refused:
            attempt()
        assert refused.value.code == "sender_refused"


def test_a_check_sends_nothing(driver: Messenger, double: MailDouble) -> None:
    driver.check()
    assert [word.partition(":")[0].partition(" ")[0] for word in double.heard if not word.startswith("QUIT")] == ["EHLO", "MAIL", "RSET"]
    assert double.mails == []


def test_no_password_goes_to_a_foreign_server_without_tls(ground: None, double: MailDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    double.says = {"EHLO": "250-double\r\n250 AUTH PLAIN", "AUTH": "235 welcome"}
    monkeypatch.setattr(smtp, "LOOPBACK_HOSTS", ())
    url = double.url.replace("smtp://", "smtp://salon:geheim@")
    with pytest.raises(ConnectionFailed) as refused:
        open_messenger(SenderAccount("smtp", url, address="a@salon.example")).check()
    assert refused.value.code == "tls_failed" and not any(word.startswith("AUTH") for word in double.heard)
    monkeypatch.undo()
    open_messenger(SenderAccount("smtp", url, address="a@salon.example")).check()
    assert any(word.startswith("AUTH") for word in double.heard)


def test_a_name_without_a_server_and_a_port_without_tls_are_told_apart(
    ground: None, double: MailDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    over_tls = open_messenger(SenderAccount("smtp", double.url.replace("smtp:", "smtps:"), address="a@salon.example"))
    with pytest.raises(ConnectionFailed) as no_tls:
        over_tls.check()
    assert no_tls.value.code == "tls_failed"

    def find_nothing(*_host: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)
    with pytest.raises(ConnectionFailed) as no_host:
        open_messenger(SenderAccount("smtp", "smtp://mail.salon.example", address="a@salon.example", is_user_supplied=True)).check()
    assert no_host.value.code == "host_unknown"
