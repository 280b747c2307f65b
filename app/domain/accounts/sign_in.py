"""Signing in: the right password lets in, too many wrong ones from one place have to wait, and nobody else does."""

import hashlib
import re
from ipaddress import ip_address, ip_network

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotSignedIn, TooMany
from app.core.extensions import db
from app.core.rates import Rate
from app.domain.accounts import passwords
from app.domain.audit.writing import record
from app.models import Company, User

# plain ASCII: the column holds nothing else, and a comparison with anything else is an error of the database
ADDRESS = re.compile(r"[!-~]{1,64}@[!-~]{1,125}")

# wrong tries a minute: of one account from one address, of one address, and of one account from everywhere
ONE_ACCOUNT_HERE = Rate("sign_in.account_here", 10)
ONE_ADDRESS = Rate("sign_in.address", 30)
ONE_ACCOUNT = Rate("sign_in.account", 10)
ONE_ACCOUNT_AT_MOST = Rate("sign_in.account_at_most", 300)


class WrongPassword(NotSignedIn):
    """No such user, another password, or a blocked account: from outside it is all the same."""

    code = "wrong_password"


def recognise(email: str, password: str, *, address: str) -> User:
    """The user with this e-mail and password, coming from that network address. Only reads, and takes its time.

    Raises WrongPassword, or TooMany after 10 wrong tries a minute of the account or 30 of the address. While somebody elsewhere
    guesses at an account, its owner still comes in with the right password from where nobody guessed.
    """
    email = email.strip().lower()
    account = hashlib.sha256(email.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    address = _place(address)
    here = f"{account}:{address}"
    _refuse(ONE_ADDRESS.look(address))
    _refuse(ONE_ACCOUNT_AT_MOST.look(account))
    _refuse(ONE_ACCOUNT_HERE.hit(here))
    user = find_user(email)
    right = passwords.is_right(password, user.password_hash if user else None)
    if user is None or not right or not _may_come_in(user):
        ONE_ADDRESS.hit(address)
        ONE_ACCOUNT_AT_MOST.hit(account)
        _refuse(ONE_ACCOUNT.hit(account))
        raise WrongPassword(_("E-Mail oder Passwort stimmt nicht."))
    ONE_ACCOUNT_HERE.take_back(here)
    return user


def welcome(user: User, password: str) -> None:
    """Notes that the user came in, with the password that was just found right."""
    user.signed_in_at = now()
    if user.password_hash and passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    record("signed_in", subject=f"user:{user.id}", user_id=user.id, company_id=user.company_id)


def find_user(email: str) -> User | None:
    email = email.strip().lower()
    if not ADDRESS.fullmatch(email):
        return None
    return db.session.scalar(select(User).where(User.email == email))


def _place(address: str) -> str:
    """Whoever has an IPv6 address has the 2^64 of its network too: they count as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _refuse(wait_s: int | None) -> None:
    if wait_s is not None:
        raise TooMany(_("Das waren zu viele Versuche. Bitte warten Sie einen Moment."), retry_after_s=wait_s)


def _may_come_in(user: User) -> bool:
    if not user.is_active:
        return False
    if user.company_id is None:
        return user.is_platform
    company = db.session.get(Company, user.company_id)
    return company is not None and company.is_active
