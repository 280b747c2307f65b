"""Recovery codes: ten of them, shown once, each of which replaces the code of the authenticator app once."""

import secrets
from typing import cast

from sqlalchemy import CursorResult, delete, func, select, update

from app.core.clock import now
from app.core.encryption import keyring
from app.core.extensions import db
from app.domain.accounts.passwords import ONE_TIME_LETTERS
from app.domain.audit.log import record
from app.models import RecoveryCode, User

COUNT = 10
GROUP_LENGTH = 5


def renew_recovery_codes(user: User) -> list[str]:
    """Create new codes, `abcde-fgh23`; earlier ones are accepted no more."""
    delete_recovery_codes(user)
    codes = [_generate_code() for _number in range(COUNT)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash_code(user, code)) for code in codes)
    db.session.flush()
    record("recovery_codes_made", subject=f"user:{user.id}", company_id=user.company_id, user_id=user.id)
    return codes


def claim_recovery_code(user: User, typed: str) -> bool:
    """Use up the code; True for one caller alone, however many come at once."""
    this = update(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash_code(user, typed), RecoveryCode.used_at.is_(None)
    )
    result = db.session.execute(this.values(used_at=now()).execution_options(synchronize_session=False))
    if cast(CursorResult[object], result).rowcount != 1:
        return False
    record("recovery_code_used", subject=f"user:{user.id}", company_id=user.company_id, user_id=user.id)
    return True


def count_unused_codes(user: User) -> int:
    unused = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def delete_recovery_codes(user: User) -> None:
    theirs = delete(RecoveryCode).where(RecoveryCode.user_id == user.id)
    db.session.execute(theirs.execution_options(synchronize_session=False))


def _generate_code() -> str:
    letters = [secrets.choice(ONE_TIME_LETTERS) for _letter in range(2 * GROUP_LENGTH)]
    return f"{''.join(letters[:GROUP_LENGTH])}-{''.join(letters[GROUP_LENGTH:])}"


def _hash_code(user: User, typed: str) -> str:
    """As typed in any way: with or without blanks and dashes, in capitals."""
    letters = "".join(letter for letter in typed.lower() if letter in ONE_TIME_LETTERS)
    return keyring().blind_index(f"recovery code:{user.id}:{letters}")
