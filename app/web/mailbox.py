"""The mails that development kept in place of sending them: text, HTML and files as they were written; not registered in production.

Support sees all of them, the people of a company those that left in its name.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from flask import Blueprint, Response, g, render_template
from flask_babel import gettext as _
from markupsafe import Markup

from app.core.errors import NotFound
from app.providers.messaging.mailbox import KeptMail, list_mails
from app.web.guards import for_company, for_support

BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)

blueprint = Blueprint("mailbox", __name__)


@dataclass(frozen=True)
class MailRow:
    ref: str
    subject: str
    sender: str
    recipient: str
    reply_to: str
    at: datetime
    text: str
    html: Markup
    file: str


@blueprint.get("/mailbox")
@for_support("support.companies")
def index() -> str:
    return _render_page(list_mails(), file_endpoint="mailbox.file")


@blueprint.get("/mailbox/<notification_id>/file")
@for_support("support.companies")
def file(notification_id: str) -> Response:
    return _send_file(list_mails(), notification_id)


@blueprint.get("/messages/mailbox")
@for_company("bookings.read")
def of_company() -> str:
    return _render_page(list_mails(g.company.id), file_endpoint="mailbox.file_of_company")


@blueprint.get("/messages/mailbox/<notification_id>/file")
@for_company("bookings.read")
def file_of_company(notification_id: str) -> Response:
    return _send_file(list_mails(g.company.id), notification_id)


def _render_page(mails: list[KeptMail], *, file_endpoint: str) -> str:
    rows = [_build_row(kept.ref, kept.mail) for kept in mails]
    return render_template("styleguide/mailbox.html", mails=rows, file_endpoint=file_endpoint)


def _build_row(ref: str, mail: EmailMessage) -> MailRow:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    body = BODY.search(html.get_content()) if html else None
    return MailRow(
        ref, str(mail["Subject"]), str(mail["From"]), str(mail["To"]), str(mail["Reply-To"] or ""),
        parsedate_to_datetime(str(mail["Date"])), text.get_content() if text else "",
        # ours, and escaped as it was written
        Markup(body[1] if body else ""),  # noqa: S704
        next((part.get_filename() or part.get_content_type() for part in mail.iter_attachments()), ""),
    )  # fmt: skip


def _send_file(mails: list[KeptMail], notification_id: str) -> Response:
    """The attachment, of which a mail of ours has one at most. Raises NotFound."""
    mail = next((kept.mail for kept in mails if kept.ref == notification_id), None)
    part = next(mail.iter_attachments(), None) if mail else None
    if part is None:
        raise NotFound(_("Das gibt es hier nicht."))
    response = Response(part.get_payload(decode=True) or b"", mimetype=part.get_content_type())
    response.headers["Content-Disposition"] = f'attachment; filename="{part.get_filename() or "anhang"}"'
    return response
