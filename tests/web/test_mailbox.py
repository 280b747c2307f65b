"""The mailbox of development: text and HTML of each mail, for support only, and nowhere in production."""

from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.domain.notifications.mail_layout import MailContent, lay_out_mail
from app.domain.notifications.sender_accounts import find_sender
from app.providers import open_messenger
from app.providers.messaging.base import CalendarFile, OutgoingMessage
from tests.support.users import make_company, make_user, signed_in


def test_support_sees_what_was_kept_and_a_business_does_not(
    app: Flask, db: SQLAlchemy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"instance_path": tmp_path, "smtp_url": "mailbox://local", "mail_from": "termine@salon.example"}.items():
        monkeypatch.setattr(app.config["SETTINGS"], name, value)
    company = make_company()
    support = signed_in(app, make_user(None, "support"))
    assert "Noch keine Mail" in support.get("/mailbox").text
    with company_scope(company.id):
        sender = find_sender("email")
    assert sender is not None and sender.provider == "mailbox"
    html = lay_out_mail(MailContent("Salon", "Ihr Termin", "<script>alert(1)</script>", "de", "Termin ansehen"))
    open_messenger(sender).send(OutgoingMessage("01J", "mira@example.org", "Nur <b>Text</b>", "Ihr Termin", html=html))
    page = support.get("/mailbox").text
    assert "Nur &lt;b&gt;Text&lt;/b&gt;" in page and '<p class="m-text">&lt;script&gt;alert(1)' in page and "mira@example.org" in page
    assert "<style" not in page and "<script>alert" not in page
    assert signed_in(app, make_user(company)).get("/mailbox").status_code == 404


def test_a_company_sees_its_own_mails_and_opens_their_files(
    app: Flask, db: SQLAlchemy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"instance_path": tmp_path, "smtp_url": "mailbox://local", "mail_from": "termine@salon.example"}.items():
        monkeypatch.setattr(app.config["SETTINGS"], name, value)
    company, other = make_company(), make_company("neben-an")
    ics = CalendarFile("REQUEST", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    for owner, ref in ((company, "01OWN"), (other, "01OTHER")):
        with company_scope(owner.id):
            sender = find_sender("email")
            assert sender is not None
            message = OutgoingMessage(ref, "mira@example.org", f"Text {ref}", "Ihr Termin", calendar=ics, reply_to="hallo@salon.example")
            open_messenger(sender).send(message)
    owner_client = signed_in(app, make_user(company))
    assert 'href="/messages/mailbox"' in owner_client.get("/messages").text
    page = owner_client.get("/messages/mailbox").text
    assert "Text 01OWN" in page and "Text 01OTHER" not in page and "hallo@salon.example" in page
    assert "Heute, " in page and "+0000" not in page
    opened = owner_client.get("/messages/mailbox/01OWN/file")
    assert (opened.status_code, opened.mimetype) == (200, "text/calendar")
    assert b"BEGIN:VCALENDAR" in opened.data
    assert [owner_client.get(f"/messages/mailbox/{path}").status_code for path in ("01OTHER/file", "x/file", "01OWN/other")] == [404] * 3
