"""Mails kept as files in place of being sent, for development: `SMTP_URL=mailbox://local`; the page /mailbox shows them."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app.core import settings
from app.providers.messaging.base import OutgoingMessage, SenderAccount, SenderAccountCheck
from app.providers.messaging.smtp import build_mail

MAX_LISTED = 50


class Mailbox:
    """One file a message, named by our reference, so that a repeated one replaces the first."""

    def __init__(self, sender: SenderAccount) -> None:
        self._address = sender.address

    def send(self, message: OutgoingMessage) -> str:
        mail = build_mail(message, self._address)
        folder = get_folder()
        folder.mkdir(exist_ok=True)
        (folder / f"{message.ref}.eml").write_bytes(mail.as_bytes(policy=policy.SMTP))
        return str(mail["Message-ID"])

    def check(self) -> SenderAccountCheck:
        return SenderAccountCheck()


def list_mails() -> list[EmailMessage]:
    """The latest mails, the newest first."""
    files = sorted(get_folder().glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [message_from_bytes(file.read_bytes(), EmailMessage, policy=policy.default) for file in files[:MAX_LISTED]]


def get_folder() -> Path:
    return settings().instance_path / "mailbox"
