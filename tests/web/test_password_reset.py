"""A forgotten password: the same answer for everybody, and a link that holds once and briefly."""

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
from app.models import AccountMail, AccountToken, AuditEntry, Company, User
from tests.doubles.messaging import MailDouble
from tests.support.account_mails import mail_server, path_in, send_all, text_of
from tests.support.users import PASSWORD, csrf_token, make_company, make_user, sign_in, signed_in

NEW = "Kastanien fallen im Oktober"
STRANGER = "niemand@example.org"


@pytest.fixture
def mails(app: Flask) -> Iterator[MailDouble]:
    with mail_server(app) as double:
        yield double


@pytest.fixture
def owner(db: SQLAlchemy, mails: MailDouble) -> User:
    return make_user(make_company())


def ask(client: FlaskClient, email: str) -> Any:
    return client.post("/forgot", data={"email": email, "csrf_token": csrf_token(client, "/forgot")})


def link_for(client: FlaskClient, user: User, mails: MailDouble) -> str:
    assert ask(client, user.email).status_code == 200
    send_all()
    return path_in(mails.mails[-1], "/reset/")


def reset(client: FlaskClient, path: str, new: str = NEW, repeat: str | None = None) -> Any:
    token = csrf_token(client, "/forgot")
    return client.post(path, data={"new_password": new, "repeat_password": new if repeat is None else repeat, "csrf_token": token})


def test_sign_in_page_leads_here(client: FlaskClient, owner: User) -> None:
    assert 'href="/forgot"' in client.get("/login").text


def test_link_sets_a_password_and_ends_all_sessions(
    app: Flask, client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy
) -> None:
    elsewhere = signed_in(app, owner)
    path = link_for(client, owner, mails)
    assert mails.mails[-1]["To"] == owner.email
    assert "15 Minuten" in text_of(mails.mails[-1])
    assert client.get(path).status_code == 200
    assert reset(client, path).location == "/login?password_set=1"
    assert elsewhere.get("/account").status_code == 302
    assert sign_in(app.test_client(), owner).status_code == 401
    assert sign_in(app.test_client(), owner, NEW).status_code == 302
    assert "password_set_by_link" in set(db.session.scalars(select(AuditEntry.action)))
    send_all()
    assert "Ihr Passwort wurde geändert" in mails.mails[-1]["Subject"]


def test_link_is_accepted_once(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    path = link_for(client, owner, mails)
    assert reset(client, path).status_code == 302
    assert client.get(path).status_code == 404
    assert reset(client, path, "Mohnblumen stehen am Feldrand").status_code == 404
    assert sign_in(client, owner, NEW).status_code == 302


def test_link_is_accepted_for_a_quarter_of_an_hour(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        path = link_for(client, owner, mails)
        clock.shift(14 * 60 + 59)
        assert client.get(path).status_code == 200
        clock.shift(1)
        assert client.get(path).status_code == 404
        assert reset(client, path).status_code == 404


def test_other_links_end_with_the_first_that_is_used(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    first, second = link_for(client, owner, mails), link_for(client, owner, mails)
    assert first != second
    reset(client, second)
    assert client.get(first).status_code == 404


def test_links_end_as_the_password_changes_otherwise(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    path = link_for(client, owner, mails)
    with transaction():
        users.change_password(owner, current=PASSWORD, new=NEW)
    assert client.get(path).status_code == 404


def test_weak_password_uses_up_nothing(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    path = link_for(client, owner, mails)
    assert reset(client, path, "kurz").status_code == 422
    assert "nicht gleich" in reset(client, path, NEW, "Anders").text
    assert reset(client, path).status_code == 302


def test_only_a_hash_of_the_link_rests(client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy) -> None:
    token = link_for(client, owner, mails).rpartition("/")[2]
    with db.engine.connect() as connection:
        rows = [row for table in (AccountToken, AccountMail) for row in connection.execute(select(table.__table__))]
    assert len(rows) == 2
    assert token not in repr(rows)


def test_unknown_address_gets_the_same_answer_and_the_same_work(
    client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy
) -> None:
    answers = [ask(client, email) for email in (owner.email, STRANGER)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text.replace(owner.email, "…").replace(STRANGER, "…") for answer in answers}) == 1
    rows = db.session.scalars(select(AccountMail)).all()
    assert [(row.kind, row.status, row.user_id) for row in rows] == [("password_reset", "pending", None)] * 2
    assert db.session.scalars(select(AccountToken)).all() == []
    send_all()
    assert [mail["To"] for mail in mails.mails] == [owner.email]


def test_blocked_users_and_those_of_blocked_companies_get_nothing(
    client: FlaskClient, owner: User, mails: MailDouble, db: SQLAlchemy
) -> None:
    blocked = make_user(make_company("werkstatt-kruse"), is_active=False)
    db.session.get_one(Company, owner.company_id).is_active = False
    db.session.commit()
    for user in (owner, blocked):
        assert ask(client, user.email).status_code == 200
    send_all()
    assert mails.mails == []
    assert db.session.scalars(select(AccountToken)).all() == []


def test_link_of_somebody_blocked_meanwhile_is_not_accepted(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    path = link_for(client, owner, mails)
    with transaction():
        users.block_user(owner)
    assert reset(client, path).status_code == 404


def test_requests_are_limited_by_address_whether_anybody_has_it(client: FlaskClient, owner: User) -> None:
    for email in (owner.email, STRANGER):
        assert [ask(client, email).status_code for _time in range(4)] == [200, 200, 200, 429]


def test_requests_are_limited_by_network(app: Flask, owner: User) -> None:
    client = app.test_client()
    token = csrf_token(client, "/forgot")
    data = [{"email": f"person{number}@example.org", "csrf_token": token} for number in range(21)]
    assert [client.post("/forgot", data=each).status_code for each in data] == [200] * 20 + [429]


def test_what_is_no_address_is_said_so(client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    for email in ("", "x", "a@b", "zwei@example.org, drei@example.org", "ü@example.org"):
        assert ask(client, email).status_code == 422
    assert db.session.scalars(select(AccountMail)).all() == []


def test_second_step_stays_on(client: FlaskClient, mails: MailDouble, db: SQLAlchemy) -> None:
    user = make_user(make_company(), totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", totp_enabled_at=now())
    reset(client, link_for(client, user, mails))
    assert sign_in(client, user, NEW).location == "/login/code"


def test_without_a_mail_account_the_page_says_so_and_nothing_fails(app: Flask, client: FlaskClient, db: SQLAlchemy) -> None:
    user = make_user(make_company())
    assert "kein Mailkonto" in client.get("/forgot").text
    assert client.post("/forgot", data={"email": user.email, "csrf_token": csrf_token(client)}).status_code == 200
    send_all()
    assert db.session.scalars(select(AccountMail.status)).all() == ["not_set_up"]


def test_mail_speaks_the_language_of_its_user(client: FlaskClient, mails: MailDouble, db: SQLAlchemy) -> None:
    user = make_user(make_company(), language="en")
    link_for(client, user, mails)
    assert mails.mails[-1]["Subject"] == "Your new password"
    assert "15 minutes" in text_of(mails.mails[-1])


def test_pages_speak_the_language_that_was_chosen_there(client: FlaskClient, owner: User, mails: MailDouble) -> None:
    assert client.get("/forgot?lang=en").location == "/forgot"
    assert "Forgotten password" in client.get("/forgot").text
    path = link_for(client, owner, mails)
    assert client.get(f"{path}?lang=de").location == path
    assert "Neues Passwort" in client.get(path).text
