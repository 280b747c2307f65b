"""Tokens and codes are accepted by one of many that come at once, and expired ones are deleted."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db as the_db
from app.core.transactions import run_in_transaction, transaction
from app.domain.accounts import recovery_codes, two_factor
from app.domain.accounts.account_tokens import claim_token, create_token, delete_expired_tokens, find_token
from app.models import AccountToken, User
from tests.support.users import make_company, make_user

TOGETHER = 4
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def owner(db: SQLAlchemy) -> User:
    return make_user(make_company(), totp_secret=SECRET, totp_enabled_at=now())


def count_accepted(app: Flask, work: Callable[[User], bool], user: User) -> int:
    """How many of several threads that begin together are accepted."""
    user_id, barrier, accepted = user.id, threading.Barrier(TOGETHER), []
    the_db.session.commit()

    def attempt() -> bool:
        try:
            return work(the_db.session.get_one(User, user_id))
        except InvalidInput:
            return False

    def run() -> None:
        with app.app_context():
            barrier.wait()
            accepted.append(run_in_transaction(attempt))

    threads = [threading.Thread(target=run) for _thread in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(accepted) == TOGETHER
    return sum(accepted)


def test_one_of_many_uses_up_a_token(app: Flask, owner: User) -> None:
    with transaction():
        _row, plain = create_token("password_reset", owner)
    assert count_accepted(app, lambda user: claim_token("password_reset", plain, user_id=user.id), owner) == 1


def test_one_of_many_signs_in_with_a_code(app: Flask, owner: User) -> None:
    code = pyotp.TOTP(SECRET).now()
    assert count_accepted(app, lambda user: two_factor.verify(user, code) == "code", owner) == 1


def test_one_of_many_uses_up_a_recovery_code(app: Flask, owner: User) -> None:
    with transaction():
        [code, *_others] = recovery_codes.renew_recovery_codes(owner)
    assert count_accepted(app, lambda user: recovery_codes.claim_recovery_code(user, code), owner) == 1


def test_token_of_one_purpose_or_user_serves_no_other(owner: User) -> None:
    other = make_user(make_company("werkstatt-kruse"))
    with transaction():
        _row, plain = create_token("password_reset", owner)
        assert find_token("email_change", plain) is None
        assert not claim_token("email_change", plain, user_id=owner.id)
        assert not claim_token("password_reset", plain, user_id=other.id)
        assert not claim_token("password_reset", plain, user_id=None)
        assert claim_token("password_reset", plain, user_id=owner.id)


def test_expired_tokens_are_deleted_and_others_stay(owner: User, db: SQLAlchemy) -> None:
    with transaction():
        old, _plain = create_token("password_reset", owner)
        fresh, _other = create_token("email_change", owner, email="neu@example.org")
        db.session.execute(update(AccountToken).where(AccountToken.id == old.id).values(expires_at=now() - timedelta(seconds=1)))
        assert delete_expired_tokens() == 1
        assert db.session.scalars(select(AccountToken.id)).all() == [fresh.id]
