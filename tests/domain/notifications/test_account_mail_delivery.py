"""Mails about users' own accounts leave once, from the platform's sender, are tried again, and come too late for nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.transactions import transaction
from app.domain.accounts.account_mails import queue_account_mail
from app.domain.accounts.account_tokens import create_token, delete_tokens
from app.domain.notifications.account_mail_delivery import RETENTION, delete_old_mails
from app.domain.notifications.account_mail_texts import TEXTS
from app.jobs.account_mails import send_account_mail
from app.jobs.outboxes import sweep_outbox
from app.models import AccountMail, User
from tests.doubles.messaging import MailDouble
from tests.support.account_mails import mail_server, send_all, text_of
from tests.support.users import make_company, make_user


@pytest.fixture
def mails(app: Flask) -> Iterator[MailDouble]:
    with mail_server(app) as double:
        yield double


@pytest.fixture
def owner(db: SQLAlchemy, mails: MailDouble) -> User:
    return make_user(make_company(), email="astrid@salon-lindgren.example")


def rows(db: SQLAlchemy) -> list[tuple[str, str | None]]:
    db.session.rollback()
    return [(row.status, row.reason) for row in db.session.scalars(select(AccountMail).order_by(AccountMail.created_at))]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", [kind for kind in TEXTS if kind not in ("password_reset", "email_confirmation")])
def test_notice_leaves_from_the_platform_in_the_language_of_its_user(db: SQLAlchemy, mails: MailDouble, kind: str, language: str) -> None:
    user = make_user(make_company(), language=language)
    with transaction():
        queue_account_mail(kind, user)  # type: ignore[arg-type]
    send_all()
    [mail] = mails.mails
    assert (mail["To"], mail["From"]) == (user.email, "AskProAI <team@askproai.example>")
    assert text_of(mail).startswith(f"Guten Tag {user.name}," if language == "de" else f"Hello {user.name},")


def test_mail_leaves_once(owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    with transaction():
        mail_id = queue_account_mail("password_changed", owner).id
    for _time in range(2):
        send_account_mail(mail_id)
    assert len(mails.mails) == 1
    assert rows(db) == [("sent", None)]


def test_lost_job_is_made_up_for_by_the_sweep(owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    with transaction():
        queue_account_mail("password_changed", owner)
    assert sweep_outbox("account_mails") == 1


def test_server_that_is_away_is_tried_again(app: Flask, db: SQLAlchemy) -> None:
    with mail_server(app) as gone:
        user = make_user(make_company())
    with transaction():
        mail_id = queue_account_mail("password_changed", user).id
    send_account_mail(mail_id)
    row = db.session.get_one(AccountMail, mail_id)
    assert (row.status, row.attempts) == ("pending", 1)
    assert row.due_at > now()
    assert gone.mails == []


def test_link_of_each_try_is_another_one(owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    with transaction():
        token, first = create_token("email_change", owner, email="neu@example.org")
        queue_account_mail("email_confirmation", owner, recipient="neu@example.org", token=token)
    send_all()
    assert first not in text_of(mails.mails[-1])


def test_link_that_was_withdrawn_does_not_leave(owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    with transaction():
        token, _plain = create_token("email_change", owner, email="neu@example.org")
        queue_account_mail("email_confirmation", owner, recipient="neu@example.org", token=token)
        delete_tokens(owner)
    send_all()
    assert rows(db) == [("expired", "overtaken")]
    assert mails.mails == []


def test_forgotten_password_an_hour_ago_is_no_longer_waited_for(owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        with transaction():
            queue_account_mail("password_reset", None, recipient=owner.email)
        clock.shift(timedelta(hours=1))
        send_all()
    assert rows(db) == [("expired", "too_late")]
    assert mails.mails == []


def test_ended_mails_are_deleted_after_their_time(owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        with transaction():
            queue_account_mail("password_changed", owner)
        send_all()
        with transaction():
            assert delete_old_mails() == 0
        clock.shift(RETENTION + timedelta(seconds=1))
        with transaction():
            assert delete_old_mails() == 1


def test_recipient_rests_encrypted(owner: User, db: SQLAlchemy) -> None:
    with transaction():
        queue_account_mail("password_changed", owner)
    with db.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT recipient FROM account_mails").scalar_one()
    assert owner.email.encode() not in bytes(raw)
