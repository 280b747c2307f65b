"""Passkeys from the account page: added with one's own challenge once, named, removed; and nobody else's."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.ids import new_ulid
from app.domain.accounts.passkeys import MAX_PASSKEYS
from app.models import AccountMail, AuditEntry, Passkey, User
from tests.doubles.authenticator import Authenticator
from tests.support.users import csrf_token, make_company, make_user, signed_in, token_of

PAGE = "/account/passkeys"


@pytest.fixture
def owner(db: SQLAlchemy) -> User:
    return make_user(make_company())


@pytest.fixture
def client(app: Flask, owner: User) -> FlaskClient:
    return signed_in(app, owner)


def ask(client: FlaskClient) -> dict[str, Any]:
    answer = client.post(f"{PAGE}/options", data={"csrf_token": token_of(client)})
    return answer.json["publicKey"]


def add(client: FlaskClient, credential: str, name: str = "Telefon") -> Any:
    return client.post(PAGE, data={"csrf_token": token_of(client), "credential": credential, "name": name})


def keys(db: SQLAlchemy) -> list[Passkey]:
    db.session.rollback()
    return list(db.session.scalars(select(Passkey).order_by(Passkey.created_at)))


def test_new_passkey_is_listed_audited_and_mailed(client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    assert add(client, Authenticator().create(ask(client))).location == PAGE
    assert [(key.name, key.user_id, key.transports) for key in keys(db)] == [("Telefon", owner.id, ["internal"])]
    assert "Telefon" in client.get(PAGE).text
    assert "passkey_added" in set(db.session.scalars(select(AuditEntry.action)))
    assert db.session.scalars(select(AccountMail.kind)).all() == ["passkey_added"]


def test_options_name_the_host_and_want_a_key_that_knows_its_user(client: FlaskClient, owner: User) -> None:
    options = ask(client)
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"


def test_challenge_is_accepted_once(client: FlaskClient, db: SQLAlchemy) -> None:
    options = ask(client)
    assert add(client, Authenticator().create(options)).status_code == 302
    assert add(client, Authenticator().create(options)).status_code == 422
    assert len(keys(db)) == 1


def test_challenge_is_short_lived(client: FlaskClient, db: SQLAlchemy) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        credential = Authenticator().create(ask(client))
        clock.shift(301)
        assert add(client, credential).status_code == 422
    assert keys(db) == []


@pytest.mark.parametrize(
    "device",
    [
        Authenticator(origin="https://askproai.example.org"),
        Authenticator(host="example.org"),
        Authenticator(verifies_user=False),
    ],
    ids=["other origin", "other host", "nobody verified"],
)
def test_key_of_elsewhere_is_refused(client: FlaskClient, db: SQLAlchemy, device: Authenticator) -> None:
    assert add(client, device.create(ask(client))).status_code == 422
    assert keys(db) == []


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", '{"id": "x", "rawId": 1, "type": "public-key", "response": {}}'])
def test_garbage_is_refused_in_words(client: FlaskClient, db: SQLAlchemy, credential: str) -> None:
    ask(client)
    answer = add(client, credential)
    assert answer.status_code == 422
    assert "Das hat nicht geklappt" in answer.text
    assert keys(db) == []


def test_challenge_of_somebody_else_is_refused(app: Flask, client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    other = signed_in(app, make_user(make_company("werkstatt-kruse")))
    credential = Authenticator().create(ask(other))
    ask(client)
    assert add(client, credential).status_code == 422
    assert keys(db) == []


def test_key_that_is_there_already_is_refused(app: Flask, client: FlaskClient, db: SQLAlchemy) -> None:
    device = Authenticator()
    add(client, device.create(ask(client)))
    other = signed_in(app, make_user(make_company("werkstatt-kruse")))
    assert "Diesen Passkey gibt es schon" in add(other, device.create(ask(other))).text
    assert len(keys(db)) == 1


def test_long_after_the_sign_in_the_password_is_asked_for_first(app: Flask, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client = signed_in(app, owner)
        clock.shift(601)
        answer = client.post(f"{PAGE}/options", data={"csrf_token": token_of(client)})
    assert answer.json == {"location": f"/account/confirm?next={PAGE}"}


def test_passkey_is_renamed_and_removed(client: FlaskClient, db: SQLAlchemy) -> None:
    add(client, Authenticator().create(ask(client)))
    [key] = keys(db)
    token = {"csrf_token": token_of(client)}
    assert client.post(f"{PAGE}/{key.id}", data=token | {"name": ""}).status_code == 422
    client.post(f"{PAGE}/{key.id}", data=token | {"name": "Mein Schlüssel"})
    assert [each.name for each in keys(db)] == ["Mein Schlüssel"]
    client.post(f"{PAGE}/{key.id}/remove", data=token)
    assert keys(db) == []


def test_passkeys_of_others_do_not_exist(app: Flask, client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    add(client, Authenticator().create(ask(client)))
    [key] = keys(db)
    for other in (make_user(make_company("werkstatt-kruse")), make_user(None, "support")):
        foreign = signed_in(app, other)
        token = {"csrf_token": csrf_token(foreign, PAGE)}
        for passkey_id in (key.id, new_ulid(), "x"):
            assert foreign.post(f"{PAGE}/{passkey_id}", data=token | {"name": "x"}).status_code == 404
            assert foreign.post(f"{PAGE}/{passkey_id}/remove", data=token).status_code == 404
        assert "Telefon" not in foreign.get(PAGE).text
    assert len(keys(db)) == 1


def test_there_are_not_endlessly_many(client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    db.session.add_all(
        Passkey(user_id=owner.id, name="x", credential_id=bytes([n]), credential_hash=f"{n:064x}", public_key=b"x")
        for n in range(MAX_PASSKEYS)
    )
    db.session.commit()
    answer = client.post(f"{PAGE}/options", data={"csrf_token": token_of(client)})
    assert answer.status_code == 422


def test_without_a_host_name_the_page_says_why(client: FlaskClient, app: Flask) -> None:
    settings = app.config["SETTINGS"]
    kept = settings.public_url
    settings.public_url = "https://192.0.2.7"
    try:
        assert "Passkeys gehen nur" in client.get(PAGE).text
        assert "Mit Passkey anmelden" not in app.test_client().get("/login").text
    finally:
        settings.public_url = kept
