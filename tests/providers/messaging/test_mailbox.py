"""Mails of development: kept as files, the newest first, and one a message however often it is sent."""

from pathlib import Path

import pytest
from flask import Flask

from app.core.errors import ProviderError
from app.providers import open_messenger
from app.providers.messaging.base import CalendarFile, OutgoingMessage, SenderAccount
from app.providers.messaging.mailbox import get_folder, list_mails

SENDER = SenderAccount("mailbox", "mailbox://local", address="Salon Lindgren <termine@salon.example>")
HELLO = OutgoingMessage("01JMESSAGE", "mira@example.org", "Schöne Grüße", "Ihr Termin", html="<body><p>Schöne Grüße</p></body>")


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "instance_path", tmp_path)


def test_a_mail_is_kept_with_all_its_parts(app: Flask) -> None:
    with app.app_context():
        calendar = CalendarFile("REQUEST", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        driver = open_messenger(SENDER)
        assert list_mails() == []
        message = OutgoingMessage(HELLO.ref, HELLO.to, HELLO.body, HELLO.subject, html=HELLO.html, calendar=calendar)
        assert driver.send(message) == driver.send(message) == "<01JMESSAGE@salon.example>"
        mail = list_mails()[0].mail
        assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == ["text/plain", "text/html", "text/calendar"]
        assert mail["Subject"] == "Ihr Termin" and driver.check().name is None


def test_what_no_server_would_take_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ProviderError):
        open_messenger(SENDER).send(OutgoingMessage("01J", "nobody", "x"))
    with app.app_context():
        assert list(get_folder().glob("*")) == []
