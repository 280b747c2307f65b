"""Keys at the door of the API."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.core.transactions import transaction
from app.domain.accounts.api_keys import revoke_key
from app.models import ApiKey, Company
from tests.support.api_clients import make_api_client
from tests.support.calls import make_call
from tests.support.tables import each_row
from tests.support.users import make_company, make_user, signed_in

PATHS = ("/calls", "/calls/01M7WRDJTWNZFJN3C3MH0WKBJD", "/branches", "/customers", "/customers/x")


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company()


@each_row(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic dXNlcjpwYXNz",
        "Bearer apk_" + "a" * 43,
        "Bearer \xff\xfe",
        "bearer\t",
        "Bearer " + "a" * 8000,
    ],
)
def test_without_a_living_key_nobody_comes_in(client: FlaskClient, salon: Company, header: str) -> None:
    for path in PATHS:
        answer = client.get(f"/api/v1{path}", headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json["code"] == "key_invalid" and answer.json["request_id"]
        assert "Set-Cookie" not in answer.headers


def test_a_browser_s_session_is_no_key(app: Flask, salon: Company) -> None:
    assert signed_in(app, make_user(salon)).get("/api/v1/calls").status_code == 401


def test_a_revoked_key_is_dead_with_the_next_request(app: Flask, salon: Company) -> None:
    here = make_api_client(app, salon)
    assert here.get("/calls").status_code == 200
    with transaction():
        revoke_key(here.key.id)
    assert here.get("/calls").status_code == 401


def test_the_keys_of_a_closed_company_do_not_open(app: Flask, salon: Company, db: SQLAlchemy) -> None:
    here = make_api_client(app, salon)
    with transaction():
        db.session.get_one(Company, salon.id).is_active = False
    assert here.get("/calls").status_code == 401


def test_each_operation_wants_its_scope(app: Flask, salon: Company) -> None:
    reading_calls = make_api_client(app, salon, ("calls:read",))
    assert reading_calls.get("/calls").status_code == 200
    assert reading_calls.get("/branches").status_code == 200
    refused = reading_calls.get("/customers")
    assert (refused.status_code, refused.json["code"], refused.json["scope"]) == (403, "scope_missing", "customers:read")
    assert make_api_client(app, salon, ("customers:read",)).get("/calls").status_code == 403


def test_more_requests_than_allowed_have_to_wait(app: Flask, salon: Company) -> None:
    here, other = make_api_client(app, salon, per_minute=3), make_api_client(app, salon, per_minute=3)
    assert [here.get("/branches").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = here.get("/calls")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert (refused.mimetype, refused.json["code"]) == ("application/problem+json", "too_many")
    assert other.get("/branches").status_code == 200


def test_wrong_keys_from_one_address_have_to_wait_and_right_ones_do_not(app: Flask, client: FlaskClient, salon: Company) -> None:
    here = make_api_client(app, salon)

    def wrong(number: int, address: str = "127.0.0.1") -> int:
        headers, place = {"Authorization": f"Bearer apk_{number:043}"}, {"REMOTE_ADDR": address}
        return client.get("/api/v1/branches", headers=headers, environ_overrides=place).status_code

    assert [wrong(number) for number in range(32)] == [401] * 30 + [429] * 2
    refused = client.get("/api/v1/branches", headers={"Authorization": "Bearer apk_x"})
    assert (refused.status_code, refused.mimetype, refused.json["code"]) == (429, "application/problem+json", "too_many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert here.get("/branches").status_code == 200
    assert client.get("/api/v1/branches").status_code == 401
    assert wrong(99, "203.0.113.9") == 401
    # the many addresses of one IPv6 network are one
    assert [wrong(number, f"2001:db8:1:2::{number:x}") for number in range(31)] == [401] * 30 + [429]


def test_keys_work_while_redis_is_away(make_app: Callable[..., Flask], salon: Company) -> None:
    here = make_api_client(make_app(redis_url="redis://127.0.0.1:1/0"), salon, per_minute=2)
    assert [here.get("/branches").status_code for _ in range(3)] == [200, 200, 429]


def test_last_use_is_noted_at_most_once_a_minute(app: Flask, salon: Company, db: SQLAlchemy) -> None:
    def used() -> object:
        return db.session.get_one(ApiKey, here.key.id).last_used_at

    here = make_api_client(app, salon)
    with time_machine.travel(now(), tick=False) as clock:
        assert used() is None
        here.get("/calls")
        first = used()
        assert first == now()
        clock.shift(timedelta(seconds=59))
        here.get("/calls")
        assert used() == first
        clock.shift(timedelta(seconds=1))
        here.get("/calls")
        assert used() == now()


def test_each_key_sees_its_own_company_only(app: Flask, salon: Company) -> None:
    praxis = make_company("praxis-morgenstern")
    mine, theirs = make_call(salon, name="Wiebke"), make_call(praxis, name="Jo")
    here, there = make_api_client(app, salon), make_api_client(app, praxis)
    assert [item["id"] for item in here.items("/calls")] == [mine]
    assert [item["id"] for item in there.items("/calls")] == [theirs]
    assert here.get(f"/calls/{theirs}").status_code == there.get(f"/calls/{mine}").status_code == 404


def test_unknown_addresses_and_methods_are_problems_too(app: Flask, client: FlaskClient, salon: Company) -> None:
    assert client.get("/api/v1/nothing").json["status"] == 404
    answer = client.post("/api/v1/calls")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]
