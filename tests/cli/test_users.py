"""flask users, flask api-keys, flask keys, flask encryption."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core import encryption
from app.core.clock import now
from app.core.encryption import new_key
from app.models import AccountMail, ApiKey, User
from tests.support.users import csrf_token, make_company, make_user, sign_in, signed_in


@pytest.fixture
def runner(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> FlaskCliRunner:
    monkeypatch.setenv("COLUMNS", "240")
    return app.test_cli_runner()


def shown(output: str) -> str:
    """The secret that a command prints by itself in a line."""
    found = re.search(r"^  (\S+)$", output, re.M)
    assert found, output
    return found[1]


def test_a_user_made_here_can_sign_in_once(runner: FlaskCliRunner, app: Flask, db: SQLAlchemy) -> None:
    make_company()
    made = runner.invoke(args=["users", "create", "--email", "m@salon.example", "--role", "manager", "--company", "salon-lindgren"])
    assert made.exit_code == 0 and "/login with this password" in made.output, made.output
    client = app.test_client()
    assert sign_in(client, "m@salon.example", shown(made.output)).status_code == 302
    assert client.get("/live").location == "/account/password"


def test_an_invitation_from_here_is_accepted_once(runner: FlaskCliRunner, app: Flask, db: SQLAlchemy) -> None:
    make_company()
    arguments = ["users", "invite", "--email", "M@salon.example", "--role", "manager", "--company", "salon-lindgren"]
    invited = runner.invoke(args=arguments)
    assert invited.exit_code == 0 and "No mail goes out" in invited.output, invited.output
    again = runner.invoke(args=arguments)
    assert again.exit_code != 0 and "already been invited" in again.output
    client, path = app.test_client(), "/invitation/" + shown(invited.output).rpartition("/")[2]
    form = {"name": "Mia", "password": "Kastanien am Kanal", "repeat_password": "Kastanien am Kanal"}
    assert client.post(path, data={"csrf_token": csrf_token(client, path), **form}).location == "/dashboard"
    user = db.session.scalars(select(User)).one()
    assert (user.email, user.role, user.name) == ("m@salon.example", "manager", "Mia")
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--email", "m@salon.example", "--role", "manager"], "business"),
        (["--email", "m@salon.example", "--role", "support", "--company", "salon-lindgren"], "business"),
        (
            ["--email", "m@salon.example", "--role", "manager", "--company", "nowhere"],
            "There is no company 'nowhere'. There are: salon-lindgren.",
        ),
        (["--email", "m@salon.example", "--role", "manager", "--company", "ü"], "There is no company"),
        (["--email", "nobody", "--role", "support"], "email"),
        (["--email", "owner@salon", "--role", "support"], "email"),
        (["--email", "owner@salon-lindgren.example", "--role", "support"], "taken"),
        (["--email", "m@salon.example", "--role", "boss"], "boss"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(runner: FlaskCliRunner, db: SQLAlchemy, arguments: list[str], said: str) -> None:
    make_user(make_company())
    result = runner.invoke(args=["users", "create", *arguments])
    assert result.exit_code != 0 and said in result.output and "Traceback" not in result.output
    assert len(db.session.scalars(select(User)).all()) == 1


def test_block_reset_role_and_list(runner: FlaskCliRunner, app: Flask, db: SQLAlchemy) -> None:
    user = make_user(make_company())
    assert runner.invoke(args=["users", "block", user.email]).exit_code == 0
    assert sign_in(app.test_client(), user).status_code == 401
    assert "blocked" in runner.invoke(args=["users", "list"]).output
    assert runner.invoke(args=["users", "unblock", user.email]).exit_code == 0
    once = shown(runner.invoke(args=["users", "reset", user.email]).output)
    assert sign_in(app.test_client(), user).status_code == 401
    assert sign_in(app.test_client(), user, once).status_code == 302
    assert runner.invoke(args=["users", "role", user.email, "staff"]).exit_code == 0
    listed = runner.invoke(args=["users", "list", "--company", "salon-lindgren"]).output
    assert user.email in listed and "staff" in listed
    assert runner.invoke(args=["users", "block", "nobody@x.example"]).exit_code == 1


def test_keys_are_made_listed_and_revoked(runner: FlaskCliRunner, app: Flask, db: SQLAlchemy) -> None:
    make_company()
    made = runner.invoke(
        args=["api-keys", "create", "--company", "salon-lindgren", "--name", "Kasse", "--scopes", "calls:read, customers:read"]
    )
    plain = shown(made.output)
    headers = {"Authorization": f"Bearer {plain}"}
    assert app.test_client().get("/api/v1/calls", headers=headers).status_code == 200
    listed = runner.invoke(args=["api-keys", "list", "--company", "salon-lindgren"]).output
    key = db.session.scalars(select(ApiKey)).one()
    assert key.id in listed and plain not in listed and "calls:read customers:read" in listed
    assert runner.invoke(args=["api-keys", "revoke", key.id]).exit_code == 0
    assert app.test_client().get("/api/v1/calls", headers=headers).status_code == 401
    assert "revoked" in runner.invoke(args=["api-keys", "list"]).output
    assert runner.invoke(args=["api-keys", "revoke", "nothing"]).exit_code == 1
    assert "bookings:write" in runner.invoke(args=["api-keys", "create", "--company", "salon-lindgren", "--scopes", "all"]).output


def test_a_new_key_is_one_that_can_be_used(runner: FlaskCliRunner) -> None:
    printed = runner.invoke(args=["keys", "new"]).output.strip()
    assert len(encryption.decode_key(printed)) == 32


def test_everything_is_sealed_anew(runner: FlaskCliRunner, app: Flask, db: SQLAlchemy) -> None:
    kept = encryption.keyring()
    try:
        old = new_key()
        encryption.use_keys(app, old)
        sign_in(app.test_client(), make_user(make_company()))
        encryption.use_keys(app, f"{new_key()},{old}")
        result = runner.invoke(args=["encryption", "rotate"])
        assert result.exit_code == 0 and "1 values are sealed anew" in result.output
        encryption.use_keys(app, new_key())
        refused = runner.invoke(args=["encryption", "rotate"])
        assert refused.exit_code == 1 and "web_sessions.data" in refused.output
    finally:
        app.extensions["askproai_keyring"] = kept


def test_lost_second_step_is_removed_and_the_user_hears_of_it(runner: FlaskCliRunner, app: Flask, db: SQLAlchemy) -> None:
    user = make_user(make_company(), totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", totp_enabled_at=now())
    before = signed_in(app, user)
    result = runner.invoke(args=["users", "remove-second-step", user.email])
    assert result.exit_code == 0, result.output
    assert before.get("/account").status_code == 302
    assert sign_in(app.test_client(), user).location == "/dashboard"
    assert db.session.scalars(select(AccountMail.kind)).all() == ["two_factor_disabled"]
