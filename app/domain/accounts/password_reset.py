"""Forgotten passwords: a link by mail that is accepted once, for a quarter of an hour."""

import hashlib

from flask_babel import gettext as _

from app.core.email_address import normalise
from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.rate_limiter import RateLimit, network_of
from app.domain.accounts import passwords
from app.domain.accounts.account_mails import queue_account_mail
from app.domain.accounts.account_tokens import claim_token, find_token
from app.domain.accounts.sign_in import can_sign_in, raise_if_limited
from app.domain.accounts.users import list_own_words, set_password
from app.domain.audit.log import record
from app.models import User

# requests in a quarter of an hour: for one e-mail address, whether it is anybody's or not, and from one network
EMAIL_LIMIT = RateLimit("password_reset.email", 3, per_s=900)
NETWORK_LIMIT = RateLimit("password_reset.network", 20, per_s=900)


def request_reset(email: str, *, address: str) -> None:
    """Queue the mail; `address` is the network address. The same is done for every e-mail address, so that neither the answer nor
    its time tells whether it is anybody's: that is found out as the mail leaves. Raises InvalidInput and TooManyRequests.
    """
    email = email.strip().lower()
    if normalise(email) is None or not email.isascii():
        sentence = _("Das ist keine E-Mail-Adresse.")
        raise InvalidInput(sentence, fields={"email": sentence})
    raise_if_limited(NETWORK_LIMIT.hit(network_of(address)))
    raise_if_limited(EMAIL_LIMIT.hit(hashlib.sha256(email.encode()).hexdigest()[:32]))
    queue_account_mail("password_reset", None, recipient=email)


def get_user_of_link(token: str) -> User:
    """Get whose password the link resets. Raises NotFound for a link that is not accepted, and for users who cannot sign in."""
    row = find_token("password_reset", token)
    user = db.session.get(User, row.user_id) if row else None
    if user is None or not can_sign_in(user):
        raise NotFound(_("Dieser Link gilt nicht mehr."))
    return user


def complete_reset(token: str, new: str) -> User:
    """Set the password and use up the link; all sessions and other links end. Raises NotFound, and InvalidInput by field."""
    user = get_user_of_link(token)
    if wrong := passwords.find_weakness(new, own_words=list_own_words(user)):
        raise InvalidInput(wrong, fields={"new_password": wrong})
    if not claim_token("password_reset", token, user_id=user.id):
        raise NotFound(_("Dieser Link gilt nicht mehr."))
    set_password(user, new)
    record("password_set_by_link", subject=f"user:{user.id}", company_id=user.company_id, user_id=user.id)
    return user
