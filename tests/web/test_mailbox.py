"""The mailbox of development: text and HTML of each mail, for support only, and nowhere in production."""

from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.domain.notifications.mail_layout import MailContent, lay_out_mail
from app.domain.notifications.sender_accounts import find_sender
from app.providers import open_messenger
from app.providers.messaging.base import OutgoingMessage
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
