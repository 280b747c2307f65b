"""Delivers mails about users' own accounts from the platform's sender: claimed and written, sent with no transaction open, completed.

`claim` and `complete` belong in a transaction each, `send` between them in none.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from flask_babel import force_locale, gettext as _
from sqlalchemy import CursorResult, delete

from app.core import settings
from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.outbox import Outbox
from app.domain.accounts.account_tokens import create_token, renew_token
from app.domain.accounts.sign_in import can_sign_in, find_user
from app.domain.notifications.account_mail_texts import write_account_mail
from app.domain.notifications.mail_layout import MailContent, lay_out_mail
from app.domain.notifications.sender_accounts import find_platform_sender
from app.models import AccountMail, User
from app.providers import open_messenger
from app.providers.messaging.base import MessageRejected, OutgoingMessage, SenderAccount

SENDER_NAME = "AskProAI"
# longer than one send may take
LEASE = timedelta(seconds=60)
RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (5, 30, 120, 300, 600, 1800))
OUTBOX = Outbox(AccountMail, lease=LEASE, retry_delays=RETRY_DELAYS)
# whoever forgot a password waits for the mail; a notice is worth knowing later, too
LIFETIMES = {"password_reset": timedelta(hours=1)}
LIFETIME = timedelta(hours=24)
RETENTION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    mail_id: str
    token: str
    sender: SenderAccount
    message: OutgoingMessage = field(repr=False)


def claim(mail_id: str) -> ClaimedMail | None:
    """Claim and write a mail that is due; None when there is nothing to send, for an address that is nobody's among others."""
    row = OUTBOX.find_claimable(mail_id)
    if row is None:
        return None
    user, sender = _find_addressee(row), find_platform_sender("email")
    if now() >= row.created_at + LIFETIMES.get(row.kind, LIFETIME):
        _finish(row, "expired", reason="too_late")
    elif user is None:
        _finish(row, "expired", reason="nobody")
    elif sender is None:
        _finish(row, "not_set_up", reason="no_key")
    elif (link := _make_link(row, user)) is None:
        _finish(row, "expired", reason="overtaken")
    else:
        with force_locale(user.language):
            title, body = write_account_mail(row.kind, user, link=link)
            html = lay_out_mail(MailContent(SENDER_NAME, title, body, user.language, _("Öffnen")))
        return ClaimedMail(row.id, OUTBOX.claim(row), sender, OutgoingMessage(row.id, row.recipient, body, title, html=html))
    return None


def send(attempt: ClaimedMail) -> ProviderError | None:
    """The error, or None where the server has taken it."""
    try:
        open_messenger(attempt.sender).send(attempt.message)
    except ProviderError as error:
        return error
    return None


def complete(attempt: ClaimedMail, error: ProviderError | None) -> None:
    """Store the result."""
    row = OUTBOX.find_claimed(attempt.mail_id, attempt.token)
    if row is None:
        return
    if error is None:
        _finish(row, "sent")
    elif isinstance(error, MessageRejected) or not OUTBOX.retry(row, error):
        _finish(row, "dead")
        row.record_error(error)
    db.session.flush()


def delete_old_mails() -> int:
    """Delete mails that ended long ago; returns their number."""
    old = delete(AccountMail).where(AccountMail.created_at < now() - RETENTION, AccountMail.status != "pending")
    return cast(CursorResult[object], db.session.execute(old.execution_options(synchronize_session=False))).rowcount


def _find_addressee(row: AccountMail) -> User | None:
    """The user; for a forgotten password the one with this address, if they can sign in at all."""
    user = db.session.get(User, row.user_id) if row.user_id else find_user(row.recipient)
    return user if user is not None and (row.kind != "password_reset" or can_sign_in(user)) else None


def _make_link(row: AccountMail, user: User) -> str | None:
    """The link that the mail brings, new with every try, since only its hash is stored; empty without one, None where it is overtaken."""
    if row.kind == "password_reset":
        return f"{settings().public_base}/reset/{create_token('password_reset', user)[1]}"
    if row.kind == "email_confirmation":
        plain = renew_token(row.token_id)
        return f"{settings().public_base}/confirm-email/{plain}" if plain else None
    return ""


def _finish(row: AccountMail, status: str, *, reason: str | None = None) -> None:
    OUTBOX.complete(row, status)
    row.reason, row.finished_at = reason, now()
