"""The mails that development kept in place of sending them: text and HTML as they were written; not registered in production."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from flask import Blueprint, render_template
from markupsafe import Markup

from app.providers.messaging.mailbox import list_mails
from app.web.guards import for_support

BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)

blueprint = Blueprint("mailbox", __name__)


@dataclass(frozen=True)
class MailRow:
    subject: str
    sender: str
    recipient: str
    at: str
    text: str
    html: Markup
    files: list[str]


@blueprint.get("/mailbox")
@for_support("support.companies")
def index() -> str:
    return render_template("styleguide/mailbox.html", mails=[_build_row(mail) for mail in list_mails()])


def _build_row(mail: EmailMessage) -> MailRow:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    body = BODY.search(html.get_content()) if html else None
    return MailRow(
        str(mail["Subject"]), str(mail["From"]), str(mail["To"]), str(mail["Date"]), text.get_content() if text else "",
        # ours, and escaped as it was written
        Markup(body[1] if body else ""),  # noqa: S704
        [part.get_filename() or part.get_content_type() for part in mail.iter_attachments()],
    )  # fmt: skip
