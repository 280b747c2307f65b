"""The HTML part of a mail: its text as paragraphs, facts as a small table, the link as a button; nothing in it is fetched."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from app.domain.notifications.message_links import find_action_link, find_own_link, find_unsubscribe_link

# words at the end of a text that lead to its link: "… ist gebucht. Ändern oder absagen: https://…"
LEAD = re.compile(r"(?:^|(?<=[.!?] )|(?<=\n))([^.!?:\n]{3,48}):\s*$")


@dataclass(frozen=True, slots=True)
class MailContent:
    """What a mail says. `link_words` are those of its button where the text has none; facts are labels with values.

    `is_marketing`: its button leads to what it asks for, and the link to withdraw the consent is a line below.
    """

    company: str
    title: str
    body: str = field(repr=False)
    language: str
    link_words: str
    facts: tuple[tuple[str, str], ...] = ()
    footer: tuple[str, ...] = ()
    is_marketing: bool = False


def lay_out_mail(mail: MailContent) -> str:
    """The whole document, in UTF-8."""
    unsubscribe = find_unsubscribe_link(mail.body) if mail.is_marketing else None
    return _render("mail/message.html", mail, heading="h1", href=_find_main_link(mail), unsubscribe=unsubscribe, style=_read_style())


def lay_out_preview(mail: MailContent) -> Markup:
    """What the mail shows, as a part of a page that has `static/css/mail.css`; its button leads nowhere."""
    return Markup(_render("mail/content.html", mail, heading="h3", href=None, unsubscribe=None))  # noqa: S704 (escaped by its template)


def _render(name: str, mail: MailContent, **values: object) -> str:
    text, button, withdrawal = _split(mail)
    parts = [part.strip().split("\n") for part in re.split(r"\n\s*\n", text) if part.strip()]
    return current_app.jinja_env.get_template(name).render(mail=mail, parts=parts, button=button, withdrawal=withdrawal, **values)


def _find_main_link(mail: MailContent) -> str | None:
    return find_action_link(mail.body) if mail.is_marketing else find_own_link(mail.body)


def _split(mail: MailContent) -> tuple[str, str, str]:
    """The text without its links and without the name that the mail's head says, the words of the button, and those to withdraw."""
    text, name = mail.body, f"{mail.company}: "
    if text.startswith(name):
        start = len(name)
        text = text[start : start + 1].upper() + text[start + 1 :]
    withdrawal = ""
    if mail.is_marketing and (unsubscribe := find_unsubscribe_link(text)) is not None:
        text, withdrawal = _cut_out(text, unsubscribe)
        withdrawal = withdrawal or _("Abbestellen")
    link = find_action_link(text) if mail.is_marketing else find_own_link(text)
    if link is None:
        return text, "", withdrawal
    text, lead = _cut_out(text, link, keeps_lead=mail.is_marketing)
    return text, lead or mail.link_words, withdrawal


def _cut_out(text: str, link: str, *, keeps_lead: bool = False) -> tuple[str, str]:
    """The text without this link and the words that lead to it, and these words; empty where they are part of a sentence."""
    # the address of another page may begin with it
    before, after = re.split(rf"{re.escape(link)}(?![\w/-])", text, maxsplit=1)
    if not keeps_lead and (lead := LEAD.search(before)):
        return before[: lead.start()] + after, lead[1].strip()
    return re.sub(r":\s*$", ".", before) + after, ""


def _read_style() -> str:
    """The stylesheet without its comments."""
    text = (Path(current_app.static_folder or "") / "css/mail.css").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()
