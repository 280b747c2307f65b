"""Account tokens: secrets that are accepted once and not for long; only their hash is stored."""

from collections.abc import Collection
from datetime import timedelta
from typing import Literal, cast

from sqlalchemy import CursorResult, delete, select, update

from app.core.clock import now
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token
from app.models import AccountToken, User

Purpose = Literal["password_reset", "email_change", "passkey_registration", "passkey_sign_in"]
# what a mail has brought to the user
MAILED: tuple[Purpose, ...] = ("password_reset", "email_change")
LIFETIMES: dict[Purpose, timedelta] = {
    "password_reset": timedelta(minutes=15),
    "email_change": timedelta(hours=24),
    "passkey_registration": timedelta(minutes=5),
    "passkey_sign_in": timedelta(minutes=5),
}


def create_token(purpose: Purpose, user: User | None, *, email: str | None = None) -> tuple[AccountToken, str]:
    """Create a token; gives it with its text, which is not stored."""
    plain = generate_token()
    row = AccountToken(
        user_id=user.id if user else None, purpose=purpose, email=email, token_hash=hash_token(plain),
        expires_at=now() + LIFETIMES[purpose],
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row, plain


def renew_token(token_id: str | None) -> str | None:
    """Give the token another text, for the mail that brings it; an earlier one is accepted no more. None where it is gone."""
    plain = generate_token()
    this = update(AccountToken).where(AccountToken.id == token_id).values(token_hash=hash_token(plain))
    result = db.session.execute(this.execution_options(synchronize_session=False))
    return plain if cast(CursorResult[object], result).rowcount == 1 else None


def find_token(purpose: Purpose, plain: str) -> AccountToken | None:
    """Find the token that is still accepted."""
    valid = select(AccountToken).where(AccountToken.token_hash == hash_token(plain), AccountToken.purpose == purpose)
    return db.session.scalar(valid.where(AccountToken.expires_at > now()))


def claim_token(purpose: Purpose, plain: str, *, user_id: str | None) -> bool:
    """Use up the token; True for one caller alone, however many come at once."""
    this = delete(AccountToken).where(
        AccountToken.token_hash == hash_token(plain), AccountToken.purpose == purpose, AccountToken.user_id == user_id,
        AccountToken.expires_at > now(),
    )  # fmt: skip
    result = db.session.execute(this.execution_options(synchronize_session=False))
    return cast(CursorResult[object], result).rowcount == 1


def delete_tokens(user: User, purposes: Collection[Purpose] = MAILED) -> None:
    """Delete the user's tokens of these purposes, so that no link of an earlier mail is accepted."""
    theirs = delete(AccountToken).where(AccountToken.user_id == user.id, AccountToken.purpose.in_(purposes))
    db.session.execute(theirs.execution_options(synchronize_session=False))


def delete_expired_tokens() -> int:
    """Delete what is accepted no more; returns the number."""
    expired = delete(AccountToken).where(AccountToken.expires_at <= now()).execution_options(synchronize_session=False)
    return cast(CursorResult[object], db.session.execute(expired)).rowcount
