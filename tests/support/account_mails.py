"""Mails about users' own accounts: sent over a mail server's double, and read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select

from app.core.extensions import db
from app.jobs.account_mails import send_account_mail
from app.models import AccountMail
from tests.doubles.messaging import MailDouble


@contextmanager
def mail_server(app: Flask) -> Iterator[MailDouble]:
    with MailDouble() as double:
        update = {"smtp_url": double.url, "mail_from": "AskProAI <team@askproai.example>"}
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=update)
        yield double


def send_all() -> None:
    """What the worker does with all that waits."""
    db.session.rollback()
    for mail_id in db.session.scalars(select(AccountMail.id).where(AccountMail.status == "pending")).all():
        send_account_mail(mail_id)
    db.session.rollback()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def path_in(mail: EmailMessage, start: str) -> str:
    """The path of the mail's link that begins so; it stands in the text and behind the button."""
    found = re.search(re.escape(start) + r"[\w-]+", text_of(mail))
    assert found, text_of(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert f'{found[0]}"' in html.get_content().replace("=\r\n", "")
    return found[0]
