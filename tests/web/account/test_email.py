"""The change of one's e-mail address: it holds once the link to the new one is confirmed, and the old one hears of it."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.transactions import transaction
from app.domain.accounts import users
from app.domain.accounts.account_tokens import create_token
from app.models import AccountMail, AuditEntry, User
from tests.doubles.messaging import MailDouble
from tests.support.account_mails import mail_server, path_in, send_all, text_of
from tests.support.users import csrf_token, make_company, make_user, sign_in, signed_in, token_of

FRESH = "astrid@neue-adresse.example"


@pytest.fixture
def mails(app: Flask) -> Iterator[MailDouble]:
    with mail_server(app) as double:
        yield double


@pytest.fixture
def owner(db: SQLAlchemy, mails: MailDouble) -> User:
    return make_user(make_company(), email="astrid@salon-lindgren.example")


@pytest.fixture
def client(app: Flask, owner: User) -> FlaskClient:
    return signed_in(app, owner)


def ask(client: FlaskClient, email: str = FRESH) -> Any:
    return client.post("/account/email", data={"email": email, "csrf_token": token_of(client)})


def mails_to(mails: MailDouble, address: str) -> list[Any]:
    return [mail for mail in mails.mails if mail["To"] == address]


def confirm(app: Flask, path: str) -> Any:
    browser = app.test_client()
    return browser.post(path, data={"csrf_token": csrf_token(browser)})


def email_of(db: SQLAlchemy, user_id: str) -> str:
    db.session.rollback()
    return db.session.scalars(select(User.email).where(User.id == user_id)).one()


def test_address_changes_once_the_link_is_confirmed(
    app: Flask, client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy
) -> None:
    old = owner.email
    assert ask(client).status_code == 302
    send_all()
    assert FRESH in client.get("/account/email").text
    assert email_of(db, owner.id) == old
    [notice], [mail] = mails_to(mails, old), mails_to(mails, FRESH)
    assert FRESH not in text_of(notice)
    path = path_in(mail, "/confirm-email/")
    assert FRESH in app.test_client().get(path).text
    assert email_of(db, owner.id) == old, "opening the link alone changes nothing"
    assert confirm(app, path).status_code == 200
    assert email_of(db, owner.id) == FRESH
    assert client.get("/account").status_code == 200
    assert sign_in(app.test_client(), FRESH).status_code == 302
    assert sign_in(app.test_client(), old).status_code == 401
    send_all()
    assert "wurde geändert" in mails_to(mails, old)[-1]["Subject"]
    assert {"email_change_requested", "email_changed"} <= set(db.session.scalars(select(AuditEntry.action)))


def test_link_is_accepted_once(app: Flask, client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    ask(client)
    send_all()
    path = path_in(mails_to(mails, FRESH)[-1], "/confirm-email/")
    confirm(app, path)
    with transaction():
        db.session.get_one(User, owner.id).email = "zurueck@example.org"
    assert confirm(app, path).status_code == 404
    assert email_of(db, owner.id) == "zurueck@example.org"


def test_link_is_accepted_for_a_day(app: Flask, client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        ask(client)
        send_all()
        path = path_in(mails_to(mails, FRESH)[-1], "/confirm-email/")
        clock.shift(24 * 3600 - 1)
        assert app.test_client().get(path).status_code == 200
        clock.shift(1)
        assert confirm(app, path).status_code == 404
    assert email_of(db, owner.id) == owner.email


@pytest.mark.parametrize("event", ["withdrawn", "asked anew", "password"])
def test_link_ends_when_the_change_is_dropped(app: Flask, client: FlaskClient, owner: User, mails: MailDouble, event: str) -> None:
    ask(client)
    send_all()
    path = path_in(mails_to(mails, FRESH)[-1], "/confirm-email/")
    if event == "withdrawn":
        client.post("/account/email/withdraw", data={"csrf_token": token_of(client)})
    elif event == "asked anew":
        ask(client, "andere@example.org")
    else:
        with transaction():
            users.reset_password(owner)
    assert confirm(app, path).status_code == 404


def test_links_that_went_to_the_old_address_end(app: Flask, client: FlaskClient, owner: User, mails: MailDouble) -> None:
    with transaction():
        _row, plain = create_token("password_reset", owner)
    ask(client)
    send_all()
    assert app.test_client().get(f"/reset/{plain}").status_code == 200
    confirm(app, path_in(mails_to(mails, FRESH)[-1], "/confirm-email/"))
    assert app.test_client().get(f"/reset/{plain}").status_code == 404


def test_address_of_somebody_else_gets_the_same_answer_and_no_link(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    other = make_user(make_company("werkstatt-kruse"))
    answers = [ask(client, email) for email in (FRESH, other.email)]
    assert len({(answer.status_code, answer.location) for answer in answers}) == 1
    assert other.email in client.get("/account/email").text
    send_all()
    assert mails_to(mails, other.email) == []


def test_address_taken_meanwhile_is_not_taken_over(app: Flask, client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    ask(client)
    send_all()
    make_user(make_company("werkstatt-kruse"), email=FRESH)
    assert confirm(app, path_in(mails_to(mails, FRESH)[-1], "/confirm-email/")).status_code == 404
    assert email_of(db, owner.id) == owner.email


def test_what_is_no_new_address_is_said_so(client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    for email in ("", "x", "a@b", "zwei@example.org, drei@example.org", owner.email):
        assert ask(client, email).status_code == 422
    assert db.session.scalars(select(AccountMail)).all() == []


def test_long_after_the_sign_in_the_password_is_asked_for_first(app: Flask, owner: User, db: SQLAlchemy) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client = signed_in(app, owner)
        clock.shift(601)
        assert ask(client).location == "/account/confirm?next=/account/email"
    assert db.session.scalars(select(AccountMail)).all() == []


def test_without_a_mail_account_the_page_says_so(app: Flask, db: SQLAlchemy) -> None:
    page = signed_in(app, make_user(make_company())).get("/account/email").text
    assert "kein Mailkonto" in page
    assert 'name="email"' not in page
