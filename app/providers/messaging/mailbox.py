"""Mails kept as files in place of being sent, for development: `SMTP_URL=mailbox://local`; the page /mailbox shows them."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import islice
from pathlib import Path

from app.core import settings
from app.providers.messaging.base import OutgoingMessage, SenderAccount, SenderAccountCheck
from app.providers.messaging.smtp import build_mail

MAX_LISTED = 50
# of whom it left
ACCOUNT_HEADER = "X-AskProAI-Account"


class Mailbox:
    """One file a message, named by our reference, so that a repeated one replaces the first."""

    def __init__(self, sender: SenderAccount) -> None:
        self._address, self._account = sender.address, sender.account

    def send(self, message: OutgoingMessage) -> str:
        mail = build_mail(message, self._address)
        mail[ACCOUNT_HEADER] = self._account
        folder = get_folder()
        folder.mkdir(exist_ok=True)
        (folder / f"{message.ref}.eml").write_bytes(mail.as_bytes(policy=policy.SMTP))
        return str(mail["Message-ID"])

    def check(self) -> SenderAccountCheck:
        return SenderAccountCheck()


@dataclass(frozen=True, slots=True)
class KeptMail:
    """`ref` is our reference of the message."""

    ref: str
    mail: EmailMessage


def is_used() -> bool:
    """Whether the mails of the platform are kept here, where their page is."""
    return not settings().is_production and (settings().smtp_url or "").startswith("mailbox:")


def list_mails(account: str | None = None) -> list[KeptMail]:
    """The latest mails, the newest first, of one account or of all."""
    files = sorted(get_folder().glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    mails = (KeptMail(file.stem, message_from_bytes(file.read_bytes(), EmailMessage, policy=policy.default)) for file in files)
    return list(islice((kept for kept in mails if account in (None, kept.mail[ACCOUNT_HEADER])), MAX_LISTED))


def get_folder() -> Path:
    return settings().instance_path / "mailbox"
