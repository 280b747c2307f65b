"""Account mails: stored in the transaction of their cause, written and sent after it (domain/notifications/account_mail_delivery)."""

from typing import Literal

from app.core.event_bus import publish
from app.core.extensions import db
from app.events import AccountMailQueued
from app.models import AccountMail, AccountToken, User

AccountMailKind = Literal[
    "password_reset", "password_changed", "email_confirmation", "email_change_requested", "email_changed", "two_factor_enabled",
    "two_factor_disabled", "passkey_added",
]  # fmt: skip


def queue_account_mail(
    kind: AccountMailKind, user: User | None, *, recipient: str | None = None, token: AccountToken | None = None
) -> AccountMail:
    """Store the mail, to the user's address unless `recipient` says another one. Inside a transaction."""
    address = recipient or (user.email if user else "")
    row = AccountMail(kind=kind, user_id=user.id if user else None, recipient=address, token_id=token.id if token else None)
    db.session.add(row)
    db.session.flush()
    publish(AccountMailQueued(row.id))
    return row
