"""Signing in with a passkey: in place of password and code; replayed, forged or somebody else's, it leads nowhere."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.transactions import transaction
from app.domain.accounts import passkeys, users
from app.domain.accounts.account_tokens import claim_token
from app.models import AuditEntry, Company, Passkey, User
from tests.doubles.authenticator import Authenticator
from tests.support.users import csrf_token, make_company, make_user

REFUSED = "Mit diesem Passkey geht es nicht"


@pytest.fixture
def owner(db: SQLAlchemy) -> User:
    return make_user(make_company(), totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", totp_enabled_at=now())


@pytest.fixture
def device(app: Flask, owner: User) -> Authenticator:
    return register(owner)


def register(user: User, **values: Any) -> Authenticator:
    device = Authenticator(**values)
    with transaction():
        challenge = passkeys.begin_registration(user)
        claim_token("passkey_registration", challenge.text, user_id=user.id)
        passkeys.complete_registration(user, device.create(challenge.options), challenge=challenge.text, name="Telefon")
    return device


def ask(client: FlaskClient) -> dict[str, Any]:
    return client.post("/login/passkey/options", data={"csrf_token": csrf_token(client)}).json["publicKey"]


def come_in(client: FlaskClient, credential: str, **fields: str) -> Any:
    return client.post("/login/passkey", data={"csrf_token": csrf_token(client), "credential": credential, **fields})


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_passkey_lets_in_without_password_and_code(client: FlaskClient, device: Authenticator, owner: User, db: SQLAlchemy) -> None:
    answer = come_in(client, device.get(ask(client)), next="/calls")
    assert (answer.status_code, answer.location) == (302, "/calls")
    assert is_in(client)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "signed_in")).one()
    assert (entry.user_id, entry.data) == (owner.id, {"method": "passkey"})
    key = db.session.scalars(select(Passkey)).one()
    assert key.sign_count == 1
    assert key.last_used_at is not None


def test_options_name_nobody(client: FlaskClient, device: Authenticator) -> None:
    options = ask(client)
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"


def test_replayed_answer_is_refused(app: Flask, client: FlaskClient, device: Authenticator) -> None:
    credential = device.get(ask(client))
    come_in(client, credential)
    thief = app.test_client()
    assert come_in(thief, credential).status_code == 401
    ask(thief)
    answer = come_in(thief, credential)
    assert answer.status_code == 401
    assert REFUSED in answer.text
    assert not is_in(thief)


def test_challenge_is_short_lived(client: FlaskClient, device: Authenticator) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        credential = device.get(ask(client))
        clock.shift(301)
        assert come_in(client, credential).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"origin": "https://evil.example.org"}, {"host": "example.org"}, {"verifies_user": False}])
def test_answer_from_elsewhere_is_refused(client: FlaskClient, device: Authenticator, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(device, name, value)
    assert come_in(client, device.get(ask(client))).status_code == 401
    assert not is_in(client)


def test_counter_that_went_back_is_refused(client: FlaskClient, device: Authenticator, app: Flask) -> None:
    device.sign_count = 5
    come_in(client, device.get(ask(client)))
    copy = app.test_client()
    device.sign_count = 2
    assert come_in(copy, device.get(ask(copy))).status_code == 401
    assert not is_in(copy)


def test_key_of_one_user_does_not_open_the_account_of_another(client: FlaskClient, device: Authenticator) -> None:
    device.user_handle = make_user(make_company("werkstatt-kruse")).id.encode()
    assert come_in(client, device.get(ask(client))).status_code == 401
    assert not is_in(client)


def test_signature_of_another_key_is_refused(client: FlaskClient, device: Authenticator, owner: User) -> None:
    forged = Authenticator(credential_id=device.credential_id, user_handle=owner.id.encode())
    assert come_in(client, forged.get(ask(client))).status_code == 401


@pytest.mark.parametrize("credential", ["", "x", "{}", "[1]", '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}'])
def test_garbage_is_refused_in_words(client: FlaskClient, device: Authenticator, credential: str) -> None:
    ask(client)
    answer = come_in(client, credential)
    assert answer.status_code == 401
    assert REFUSED in answer.text


def test_blocked_user_stays_out(client: FlaskClient, device: Authenticator, owner: User) -> None:
    with transaction():
        users.block_user(owner)
    assert come_in(client, device.get(ask(client))).status_code == 401


def test_user_of_a_blocked_company_stays_out(client: FlaskClient, device: Authenticator, owner: User, db: SQLAlchemy) -> None:
    db.session.get_one(Company, owner.company_id).is_active = False
    db.session.commit()
    assert come_in(client, device.get(ask(client))).status_code == 401


def test_removed_passkey_lets_nobody_in(client: FlaskClient, device: Authenticator, owner: User, db: SQLAlchemy) -> None:
    with transaction():
        passkeys.remove_passkey(owner, db.session.scalars(select(Passkey.id)).one())
    assert come_in(client, device.get(ask(client))).status_code == 401


def test_challenges_are_limited(client: FlaskClient, device: Authenticator) -> None:
    token = csrf_token(client)
    statuses = [client.post("/login/passkey/options", data={"csrf_token": token}).status_code for _time in range(31)]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {200}
