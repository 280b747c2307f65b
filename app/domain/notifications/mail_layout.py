"""The HTML part of a mail: its text as paragraphs, facts as a small table, the link as a button; nothing in it is fetched."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from markupsafe import Markup

from app.domain.notifications.message_links import find_own_link

# words at the end of a text that lead to its link: "… ist gebucht. Ändern oder absagen: https://…"
LEAD = re.compile(r"(?:^|(?<=[.!?] )|(?<=\n))([^.!?:\n]{3,48}):\s*$")


@dataclass(frozen=True, slots=True)
class MailContent:
    """What a mail says. `link_words` are those of its button where the text has none; facts are labels with values."""

    company: str
    title: str
    body: str = field(repr=False)
    language: str
    link_words: str
    facts: tuple[tuple[str, str], ...] = ()
    footer: tuple[str, ...] = ()


def lay_out_mail(mail: MailContent) -> str:
    """The whole document, in UTF-8."""
    return _render("mail/message.html", mail, heading="h1", href=find_own_link(mail.body), style=_read_style())


def lay_out_preview(mail: MailContent) -> Markup:
    """What the mail shows, as a part of a page that has `static/css/mail.css`; its button leads nowhere."""
    return Markup(_render("mail/content.html", mail, heading="h3", href=None))  # noqa: S704 (escaped by its template)


def _render(name: str, mail: MailContent, **values: object) -> str:
    text, button = _split(mail)
    parts = [part.strip().split("\n") for part in re.split(r"\n\s*\n", text) if part.strip()]
    return current_app.jinja_env.get_template(name).render(mail=mail, parts=parts, button=button, **values)


def _split(mail: MailContent) -> tuple[str, str]:
    """The text without its link and without the name that the mail's head says, and the words of the button."""
    text, name = mail.body, f"{mail.company}: "
    if text.startswith(name):
        start = len(name)
        text = text[start : start + 1].upper() + text[start + 1 :]
    link = find_own_link(text)
    if link is None:
        return text, ""
    before, _link, after = text.partition(link)
    if lead := LEAD.search(before):
        return before[: lead.start()] + after, lead[1].strip()
    stop = re.sub(r":\s*$", ".", before)
    return stop + after, mail.link_words


def _read_style() -> str:
    """The stylesheet without its comments."""
    text = (Path(current_app.static_folder or "") / "css/mail.css").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()
