"""The second step of signing in: set up, asked for, each code once, recovery codes, and what support must do first in production."""

import re
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import LargeBinary, select, type_coerce

from app.core.clock import now
from app.models import AccountMail, AuditEntry, RecoveryCode, User
from tests.support.users import PASSWORD, csrf_token, make_company, make_user, sign_in, signed_in, token_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAGE = "/account/two-factor"


@pytest.fixture
def owner(db: SQLAlchemy) -> User:
    return make_user(make_company())


@pytest.fixture
def guarded(db: SQLAlchemy) -> User:
    return make_user(make_company("werkstatt-kruse"), totp_secret=SECRET, totp_enabled_at=now())


def code(secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(now().timestamp()) // 30 + steps)


def enter(client: FlaskClient, typed: str) -> Any:
    return client.post("/login/code", data={"code": typed, "csrf_token": csrf_token(client, "/login/code")})


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def secret_on(page: str) -> str:
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def set_up(client: FlaskClient) -> list[str]:
    """The recovery codes."""
    secret = secret_on(client.get(f"{PAGE}/setup").text)
    page = client.post(f"{PAGE}/setup", data={"code": code(secret), "csrf_token": token_of(client)}).text
    return re.findall(r'<li class="ap-mono">([\w-]+)</li>', page)


def test_first_right_code_switches_it_on_and_shows_ten_recovery_codes(app: Flask, owner: User, db: SQLAlchemy) -> None:
    client = signed_in(app, owner)
    page = client.get(f"{PAGE}/setup").text
    assert "<svg" in page
    assert "style=" not in page.partition('class="ap-qr"')[2].partition("</svg>")[0]
    assert secret_on(client.get(f"{PAGE}/setup").text) == secret_on(page)
    wrong = client.post(f"{PAGE}/setup", data={"code": "000000", "csrf_token": token_of(client)})
    assert wrong.status_code == 422
    db.session.refresh(owner)
    assert not owner.has_two_factor
    codes = set_up(client)
    assert len(set(codes)) == 10
    db.session.refresh(owner)
    assert owner.has_two_factor
    assert {"two_factor_enabled", "recovery_codes_made"} <= set(db.session.scalars(select(AuditEntry.action)))
    assert db.session.scalars(select(AccountMail.kind)).all() == ["two_factor_enabled"]
    assert not any(shown in repr(db.session.scalars(select(RecoveryCode.code_hash)).all()) for shown in codes)
    assert codes[0] not in client.get(PAGE).text


def test_secret_rests_encrypted(app: Flask, owner: User, db: SQLAlchemy) -> None:
    client = signed_in(app, owner)
    set_up(client)
    db.session.refresh(owner)
    secret = (owner.totp_secret or "").encode()
    raw = db.session.scalars(select(type_coerce(User.totp_secret, LargeBinary))).one()
    assert len(secret) == 32
    assert secret not in bytes(raw)


def test_password_alone_leads_to_the_code_and_nowhere_else(client: FlaskClient, guarded: User) -> None:
    assert sign_in(client, guarded, next="/calls").location == "/login/code"
    assert not is_in(client)
    assert enter(client, "123456").status_code == 422
    assert not is_in(client)
    assert enter(client, code()).location == "/calls"
    assert is_in(client)


def test_each_code_is_accepted_once(app: Flask, guarded: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        first, second = app.test_client(), app.test_client()
        used = code()
        for client in (first, second):
            sign_in(client, guarded)
        assert enter(first, used).status_code == 302
        assert enter(second, used).status_code == 422
        clock.shift(30)
        assert enter(second, used).status_code == 422
        assert enter(second, code(steps=-1)).status_code == 422
        assert not is_in(second)
        assert enter(second, code()).status_code == 302


def test_code_that_switched_it_on_does_not_sign_in(app: Flask, owner: User) -> None:
    with time_machine.travel(now(), tick=False):
        client = signed_in(app, owner)
        secret = secret_on(client.get(f"{PAGE}/setup").text)
        client.post(f"{PAGE}/setup", data={"code": code(secret), "csrf_token": token_of(client)})
        thief = app.test_client()
        sign_in(thief, owner)
        assert enter(thief, code(secret)).status_code == 422


def test_clock_of_the_phone_may_be_half_a_minute_off_and_no_more(app: Flask, guarded: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for steps, expected in ((-2, 422), (2, 422), (-1, 302), (1, 302)):
            client = app.test_client()
            sign_in(client, guarded)
            assert enter(client, code(steps=steps)).status_code == expected, steps
        clock.shift(0)


def test_wrong_codes_are_limited(client: FlaskClient, guarded: User) -> None:
    sign_in(client, guarded)
    assert [enter(client, "000000").status_code for _time in range(5)] == [422] * 5
    token = csrf_token(client, "/login/code")
    assert client.post("/login/code", data={"code": code(), "csrf_token": token}).status_code == 429
    assert not is_in(client)


def test_recovery_code_is_accepted_once(app: Flask, owner: User, db: SQLAlchemy) -> None:
    [first, second, *_others] = set_up(signed_in(app, owner))
    for typed, expected in ((first, 302), (first, 422), (second.upper().replace("-", " "), 302), (second, 422)):
        client = app.test_client()
        sign_in(client, owner)
        assert enter(client, typed).status_code == expected
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "recovery_code_used")).all()


def test_recovery_codes_of_another_user_are_none(app: Flask, owner: User, guarded: User) -> None:
    codes = set_up(signed_in(app, owner))
    client = app.test_client()
    sign_in(client, guarded)
    assert enter(client, codes[0]).status_code == 422


def test_renewed_recovery_codes_replace_the_earlier_ones(app: Flask, owner: User) -> None:
    client = signed_in(app, owner)
    [old, *_others] = set_up(client)
    page = client.post(f"{PAGE}/codes", data={"csrf_token": token_of(client)}).text
    [fresh, *_rest] = re.findall(r'<li class="ap-mono">([\w-]+)</li>', page)
    assert f"{fresh}%0A" in page, "as a file, too"
    for typed, expected in ((old, 422), (fresh, 302)):
        browser = app.test_client()
        sign_in(browser, owner)
        assert enter(browser, typed).status_code == expected


def test_second_step_waits_ten_minutes(client: FlaskClient, guarded: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        sign_in(client, guarded)
        token = csrf_token(client, "/login/code")
        clock.shift(600)
        assert client.post("/login/code", data={"code": code(), "csrf_token": token}).location == "/login"
        assert client.get("/login/code").location == "/login"


def test_nobody_reaches_the_second_step_without_the_password(client: FlaskClient, guarded: User) -> None:
    assert client.get("/login/code").location == "/login"
    answer = client.post("/login/code", data={"code": code(), "csrf_token": csrf_token(client)})
    assert answer.location == "/login"
    assert not is_in(client)


def test_password_changed_meanwhile_ends_the_second_step(client: FlaskClient, guarded: User, db: SQLAlchemy) -> None:
    sign_in(client, guarded)
    token = csrf_token(client, "/login/code")
    guarded.session_epoch += 1
    db.session.commit()
    assert client.post("/login/code", data={"code": code(), "csrf_token": token}).location == "/login"


def test_second_step_ends_what_the_browser_was_signed_in_as_before(app: Flask, owner: User, guarded: User) -> None:
    client = signed_in(app, owner)
    sign_in_form = {"email": guarded.email, "password": PASSWORD, "csrf_token": token_of(client)}
    assert client.post("/login", data=sign_in_form).location == "/login/code"
    assert not is_in(client)


def test_switching_off_needs_password_and_code(app: Flask, guarded: User, db: SQLAlchemy) -> None:
    client = signed_in(app, guarded)

    def switch_off(password: str, typed: str) -> Any:
        return client.post(PAGE, data={"password": password, "code": typed, "csrf_token": token_of(client)})

    assert switch_off("falsch", code()).status_code == 422
    assert switch_off(PASSWORD, "000000").status_code == 422
    db.session.refresh(guarded)
    assert guarded.has_two_factor
    assert switch_off(PASSWORD, code()).location == PAGE
    db.session.refresh(guarded)
    assert (guarded.has_two_factor, guarded.totp_secret) == (False, None)
    assert "two_factor_disabled" in set(db.session.scalars(select(AccountMail.kind)))
    assert sign_in(app.test_client(), guarded).location == "/dashboard"


def test_long_after_the_sign_in_setup_asks_for_the_password_first(app: Flask, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client = signed_in(app, owner)
        clock.shift(601)
        assert client.get(f"{PAGE}/setup").location == f"/account/confirm?next={PAGE}/setup"
        confirm = {"csrf_token": token_of(client), "next": f"{PAGE}/setup"}
        assert client.post("/account/confirm", data=confirm | {"password": "falsch"}).status_code == 422
        assert client.post("/account/confirm", data=confirm | {"password": PASSWORD}).location == f"{PAGE}/setup"
        assert client.get(f"{PAGE}/setup").status_code == 200


@pytest.mark.parametrize("role", ["support", "admin"])
def test_in_production_support_reaches_nothing_but_its_setup(app: Flask, db: SQLAlchemy, role: str) -> None:
    client = signed_in(app, make_user(None, role))
    assert client.get("/admin/health").status_code == 200, "not in development"
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"app_env": "production"})
    for path in ("/admin/health", "/account", "/admin/companies", PAGE, "/account/email"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (302, f"{PAGE}/setup"), path
    assert client.post("/account", data={"name": "X", "csrf_token": token_of(client)}).location == f"{PAGE}/setup"
    assert set_up(client)
    assert client.get("/admin/health").status_code == 200
    form = {"password": PASSWORD, "code": "000000", "csrf_token": token_of(client)}
    assert client.post(PAGE, data=form).status_code == 422
    assert "Ausschalten" not in client.get(PAGE).text


def test_in_production_people_of_companies_choose(app: Flask, owner: User) -> None:
    client = signed_in(app, owner)
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"app_env": "production"})
    assert client.get("/dashboard").status_code == 200
