"""The second factor: a code of an authenticator app (TOTP, RFC 6238), or a recovery code in its place."""

import re
import secrets
from typing import cast

import pyotp
from flask_babel import gettext as _
from sqlalchemy import CursorResult, or_, update

from app.core import settings
from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.rate_limiter import RateLimit
from app.domain.accounts import passwords
from app.domain.accounts.account_mails import queue_account_mail
from app.domain.accounts.recovery_codes import claim_recovery_code, delete_recovery_codes, renew_recovery_codes
from app.domain.accounts.sign_in import raise_if_limited
from app.domain.audit.log import record
from app.models import User

ISSUER = "AskProAI"
STEP_S = 30
# clocks of phones differ: the steps beside the present one are accepted as well
TOLERATED_STEPS = (0, -1, 1)
DIGITS = re.compile(r"\d{6}", re.ASCII)
# wrong codes in five minutes; only somebody with the password, or signed in, gets this far
CODE_LIMIT = RateLimit("two_factor.code", 5, per_s=300)


def is_required(user: User) -> bool:
    """Whether the user must have a second factor: in production everybody who sees all companies."""
    return user.is_platform and settings().is_production


def lacks_required(user: User) -> bool:
    return is_required(user) and not user.has_two_factor


def generate_secret() -> str:
    return pyotp.random_base32()


def build_uri(user: User, secret: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def enable(user: User, secret: str, code: str) -> list[str]:
    """Ask for codes from now on, since the first one is right; gives the recovery codes. Raises InvalidInput, TooManyRequests."""
    raise_if_limited(CODE_LIMIT.hit(user.id))
    step = _find_step(secret, code)
    if step is None:
        raise _build_wrong_code()
    CODE_LIMIT.take_back(user.id)
    user.totp_secret, user.totp_enabled_at, user.totp_last_step = secret, now(), step
    record("two_factor_enabled", subject=f"user:{user.id}", company_id=user.company_id, user_id=user.id)
    queue_account_mail("two_factor_enabled", user)
    return renew_recovery_codes(user)


def verify(user: User, code: str) -> str:
    """Use up the code; gives what it was, `code` or `recovery_code`. Raises InvalidInput, TooManyRequests.

    Each step is accepted once, so that whoever has watched a code cannot use it again (RFC 6238, 5.2).
    """
    raise_if_limited(CODE_LIMIT.hit(user.id))
    if user.totp_secret and (step := _find_step(user.totp_secret, code)) is not None and _claim_step(user, step):
        method = "code"
    elif user.totp_secret and not DIGITS.fullmatch(_strip(code)) and claim_recovery_code(user, code):
        method = "recovery_code"
    else:
        raise _build_wrong_code()
    CODE_LIMIT.take_back(user.id)
    return method


def disable(user: User, *, password: str, code: str) -> None:
    """Ask for no code any more. Raises InvalidInput by field, TooManyRequests."""
    raise_if_limited(CODE_LIMIT.check(user.id))
    if is_required(user):
        raise InvalidInput(_("Ihre Rolle verlangt den zweiten Schritt. Er bleibt an."))
    if not passwords.verify_password(password, user.password_hash):
        CODE_LIMIT.hit(user.id)
        sentence = _("Das ist nicht Ihr Passwort.")
        raise InvalidInput(sentence, fields={"password": sentence})
    verify(user, code)
    remove(user)
    queue_account_mail("two_factor_disabled", user)


def remove(user: User) -> None:
    """Forget the app and the recovery codes."""
    user.totp_secret = user.totp_enabled_at = user.totp_last_step = None
    delete_recovery_codes(user)
    record("two_factor_disabled", subject=f"user:{user.id}", company_id=user.company_id)


def _find_step(secret: str, code: str) -> int | None:
    """The number of the 30 seconds whose code this is."""
    typed, totp, current = _strip(code), pyotp.TOTP(secret), int(now().timestamp()) // STEP_S
    if not DIGITS.fullmatch(typed):
        return None
    right = [current + step for step in TOLERATED_STEPS if secrets.compare_digest(totp.generate_otp(current + step), typed)]
    return right[0] if right else None


def _claim_step(user: User, step: int) -> bool:
    """Accept the step unless it, or a later one, was accepted before; True for one caller alone."""
    this = update(User).where(User.id == user.id, or_(User.totp_last_step.is_(None), User.totp_last_step < step))
    result = db.session.execute(this.values(totp_last_step=step).execution_options(synchronize_session=False))
    return cast(CursorResult[object], result).rowcount == 1


def _strip(code: str) -> str:
    return re.sub(r"\s", "", code)


def _build_wrong_code() -> InvalidInput:
    sentence = _("Dieser Code stimmt nicht. Jeder gilt nur einmal und nur kurz: Nehmen Sie den, der jetzt in der App steht.")
    return InvalidInput(sentence, fields={"code": sentence})
