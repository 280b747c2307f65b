"""A mailbox behind IMAP, over a socket."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.providers.http import ConnectionFailed
from app.providers.messaging.imap_mailbox import MAX_MAIL_BYTES, ImapMailbox, MailboxRefused, Position
from tests.doubles.imap import ImapDouble
from tests.doubles.push_service import make_certificate


@pytest.fixture
def double(ground: None) -> Iterator[ImapDouble]:
    with ImapDouble() as mailbox:
        yield mailbox


def test_mails_are_read_once_in_their_order_and_by_batches(double: ImapDouble) -> None:
    double.add(b"one", b"two", b"three")
    mailbox = ImapMailbox(double.url)
    first = mailbox.read(None, limit=2)
    assert (first.mails, first.position, first.has_more) == ([b"one", b"two"], Position(1, 2), True)
    second = mailbox.read(first.position, limit=2)
    assert (second.mails, second.position, second.has_more) == ([b"three"], Position(1, 3), False)
    assert mailbox.read(second.position, limit=2).mails == [], "the last mail is always in n:*"
    double.add(b"four")
    assert mailbox.read(second.position, limit=2).mails == [b"four"]


def test_mailbox_that_was_made_anew_is_read_from_its_beginning(double: ImapDouble) -> None:
    double.add(b"one", b"two")
    double.uid_validity = 7
    batch = ImapMailbox(double.url).read(Position(1, 40), limit=9)
    assert (batch.mails, batch.position) == ([b"one", b"two"], Position(7, 2))


def test_nothing_in_the_mailbox_is_changed(double: ImapDouble) -> None:
    double.add(b"one")
    ImapMailbox(double.url).read(None, limit=9)
    words = {command.split(" ")[0] for command in double.heard} | {" ".join(command.split(" ")[:2]) for command in double.heard}
    assert "EXAMINE" in words and not words & {"SELECT", "STORE", "UID STORE", "EXPUNGE", "COPY", "UID COPY"}
    assert all("BODY.PEEK" in command for command in double.heard if "FETCH" in command)


def test_only_the_beginning_of_a_long_mail_is_fetched(double: ImapDouble) -> None:
    double.add(b"x" * (2 * MAX_MAIL_BYTES))
    assert [len(mail) for mail in ImapMailbox(double.url).read(None, limit=9).mails] == [MAX_MAIL_BYTES]


def test_mail_that_somebody_deletes_meanwhile_is_passed_over(double: ImapDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    double.add(b"one", b"two")
    monkeypatch.setattr(double, "_search", lambda _command: [1, 2, 3])
    batch = ImapMailbox(double.url).read(None, limit=9)
    assert (batch.mails, batch.position) == ([b"one", b"two"], Position(1, 3))


@pytest.mark.parametrize("command", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
def test_server_that_says_no_is_told_from_one_that_is_away(double: ImapDouble, command: str) -> None:
    double.add(b"one")
    double.refuses = {command}
    with pytest.raises(MailboxRefused):
        ImapMailbox(double.url).read(None, limit=9)
    double.refuses, double.hangs_up_at = set(), command
    with pytest.raises(ConnectionFailed):
        ImapMailbox(double.url).read(None, limit=9)


def test_server_that_nobody_answers_at_is_away(ground: None) -> None:
    with pytest.raises(ConnectionFailed):
        ImapMailbox("imap://u:p@127.0.0.1:1/INBOX").read(None, limit=9)


def test_password_does_not_leave_the_machine_in_the_clear(double: ImapDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.providers.messaging.imap_mailbox.LOOPBACK_HOSTS", ())
    with pytest.raises(MailboxRefused):
        ImapMailbox(double.url).read(None, limit=9)
    assert not any(command.startswith("LOGIN") for command in double.heard)


@pytest.mark.parametrize("scheme", ["imaps", "imap"])
def test_mailbox_is_read_over_tls_and_only_of_who_has_the_name(
    double: ImapDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    certificate = tmp_path / "server.pem"
    certificate.write_bytes(make_certificate())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    double.secure(context, from_first_byte=scheme == "imaps")
    double.add(b"one")
    url = double.url.replace("imap://", f"{scheme}://").replace("127.0.0.1", "localhost")
    with pytest.raises(ConnectionFailed):
        ImapMailbox(url).read(None, limit=9)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ImapMailbox(url).read(None, limit=9).mails == [b"one"]
    assert ("STARTTLS" in double.heard) == (scheme == "imap")
