"""The change of one's e-mail address: it holds once the link to the new address was confirmed."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.email_address import normalise
from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.rate_limiter import RateLimit
from app.domain.accounts.account_mails import queue_account_mail
from app.domain.accounts.account_tokens import claim_token, create_token, delete_tokens, find_token
from app.domain.accounts.sign_in import EMAIL_PATTERN, can_sign_in, find_user, raise_if_limited
from app.domain.audit.log import record
from app.models import AccountToken, User

LIMIT = RateLimit("email_change", 5, per_s=3600)


def request_change(user: User, email: str) -> None:
    """Queue a link to the new address and a notice to the old one; an earlier request is dropped. Raises InvalidInput, TooManyRequests.

    An address that is somebody else's gets the same answer and no link, so that nobody learns who has an account.
    """
    email = email.strip().lower()
    wrong = None
    if not EMAIL_PATTERN.fullmatch(email) or normalise(email) is None:
        wrong = _("Das ist keine E-Mail-Adresse.")
    elif email == user.email:
        wrong = _("Das ist schon Ihre Adresse.")
    if wrong:
        raise InvalidInput(wrong, fields={"email": wrong})
    raise_if_limited(LIMIT.hit(user.id))
    delete_tokens(user, ("email_change",))
    row, _plain = create_token("email_change", user, email=email)
    if find_user(email) is None:
        queue_account_mail("email_confirmation", user, recipient=email, token=row)
    queue_account_mail("email_change_requested", user)
    record("email_change_requested", subject=f"user:{user.id}", company_id=user.company_id)


def find_pending_email(user: User) -> str | None:
    """The address that waits to be confirmed."""
    pending = select(AccountToken.email).where(AccountToken.user_id == user.id, AccountToken.purpose == "email_change")
    return db.session.scalar(pending.where(AccountToken.expires_at > now()).limit(1))


def withdraw_change(user: User) -> None:
    delete_tokens(user, ("email_change",))


def get_change(token: str) -> tuple[User, str]:
    """Get whose address the link changes, and to which. Raises NotFound for a link that is not accepted."""
    row = find_token("email_change", token)
    user = db.session.get(User, row.user_id) if row else None
    if row is None or row.email is None or user is None or not can_sign_in(user) or find_user(row.email):
        raise NotFound(_("Dieser Link gilt nicht mehr."))
    return user, row.email


def confirm_change(token: str) -> User:
    """Change the address and use up the link; links that went to the old address end. Raises NotFound."""
    user, email = get_change(token)
    if not claim_token("email_change", token, user_id=user.id):
        raise NotFound(_("Dieser Link gilt nicht mehr."))
    queue_account_mail("email_changed", user)
    try:
        with db.session.begin_nested():
            user.email = email
            db.session.flush()
    except IntegrityError:
        raise NotFound(_("Dieser Link gilt nicht mehr.")) from None
    delete_tokens(user)
    record("email_changed", subject=f"user:{user.id}", company_id=user.company_id, user_id=user.id)
    return user
