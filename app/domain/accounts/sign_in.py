"""Sign-in with rate limits that do not lock out the account's owner."""

import hashlib
import re

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotSignedIn, TooManyRequests
from app.core.extensions import db
from app.core.rate_limiter import RateLimit, network_of
from app.domain.accounts import known_devices, passwords
from app.domain.audit.log import record
from app.models import Company, User

# plain ASCII: the column holds nothing else, and a comparison with anything else is an error of the database
EMAIL_PATTERN = re.compile(r"[!-~]{1,64}@[!-~]{1,125}")

# failed attempts a minute: account per network, network, account from anywhere, known device
ACCOUNT_PER_NETWORK_LIMIT = RateLimit("sign_in.account_here", 10)
NETWORK_LIMIT = RateLimit("sign_in.address", 30)
ACCOUNT_LIMIT = RateLimit("sign_in.account", 10)
DEVICE_LIMIT = RateLimit("sign_in.device", 10)
# failed attempts an hour after which an account counts as under attack, and the limit of each network then
ATTACK_LIMIT = RateLimit("sign_in.besieged", 100, per_s=3600)
ATTACK_PER_NETWORK_LIMIT = RateLimit("sign_in.besieged_here", 2, per_s=3600)


class WrongPassword(NotSignedIn):
    """Unknown user, wrong password or blocked account; indistinguishable from outside."""

    code = "wrong_password"


def authenticate(email: str, password: str, *, address: str, device: str | None = None) -> User:
    """Authenticate by e-mail and password; `address` is the network address, `device` the cookie. Reads only, and is slow.

    Raises WrongPassword, or TooManyRequests after 10 failed attempts a minute of the account or 30 of the address. Attackers
    lock out no owner: a known device has a limit of its own, and a right password is accepted from any address that has
    not used up its own (docs/decisions/0012).
    """
    email = email.strip().lower()
    account, place = hashlib.sha256(email.encode("utf-8", "surrogatepass")).hexdigest()[:32], network_of(address)
    user = find_user(email)
    known_device = known_devices.find_device(device, user)
    counted = _count_device(known_device) if known_device else _count_stranger(account, place)
    right = passwords.verify_password(password, user.password_hash if user else None)
    if user is None or not right or not can_sign_in(user):
        if not known_device:
            NETWORK_LIMIT.hit(place)
            ATTACK_LIMIT.hit(account)
            raise_if_limited(ACCOUNT_LIMIT.hit(account))
        raise WrongPassword(_("E-Mail oder Passwort stimmt nicht."))
    for rate, key in counted:
        rate.take_back(key)
    return user


RateHits = list[tuple[RateLimit, str]]


def _count_device(device: str) -> RateHits:
    return _hit_all([(DEVICE_LIMIT, device)])


def _count_stranger(account: str, place: str) -> RateHits:
    raise_if_limited(NETWORK_LIMIT.check(place))
    here = f"{account}:{place}"
    is_besieged = ATTACK_LIMIT.check(account) is not None
    return _hit_all([(ACCOUNT_PER_NETWORK_LIMIT, here), *([(ATTACK_PER_NETWORK_LIMIT, here)] if is_besieged else [])])


def _hit_all(budgets: RateHits) -> RateHits:
    """Count an attempt before its result, so that concurrent ones cannot exceed the limit."""
    for rate, key in budgets:
        raise_if_limited(rate.hit(key))
    return budgets


def record_sign_in(user: User, *, method: str = "password") -> None:
    """Record the sign-in and by what: password, code, recovery_code, passkey or invitation."""
    user.signed_in_at = now()
    record("signed_in", subject=f"user:{user.id}", data={"method": method}, user_id=user.id, company_id=user.company_id)


def renew_hash(user: User, password: str) -> None:
    """Rehash the password, which was right, where the parameters have changed."""
    if user.password_hash and passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(password)


def find_user(email: str) -> User | None:
    email = email.strip().lower()
    if not EMAIL_PATTERN.fullmatch(email):
        return None
    return db.session.scalar(select(User).where(User.email == email))


def raise_if_limited(wait_s: int | None) -> None:
    """Raise TooManyRequests where a rate limit says to wait."""
    if wait_s is not None:
        raise TooManyRequests(_("Das waren zu viele Versuche. Bitte warten Sie einen Moment."), retry_after_s=wait_s)


def can_sign_in(user: User) -> bool:
    """Whether neither the user nor their company is blocked."""
    if not user.is_active:
        return False
    if user.company_id is None:
        return user.is_platform
    company = db.session.get(Company, user.company_id)
    return company is not None and company.is_active
