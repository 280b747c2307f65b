"""Devices for push are turned on by their browser, listed by name, tested and removed; each person has their own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as the_db
from app.core.tenancy import unscoped
from app.models import Company, PushDelivery, PushSubscription, User
from tests.doubles.push_service import BrowserDouble, PushServiceDouble
from tests.support.users import make_company, make_user, signed_in, token_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def client(app: Flask, company: Company) -> FlaskClient:
    return signed_in(app, make_user(company))


def _add(client: FlaskClient, name: str = "phone", **fields: str) -> int:
    browser = BrowserDouble(PushServiceDouble(port=443), name)
    form = {"csrf_token": token_of(client), **browser.fields, **fields}
    return client.post("/account/notices/devices", data=form, headers={"User-Agent": FIREFOX}).status_code


def _devices() -> list[PushSubscription]:
    the_db.session.rollback()
    with unscoped():
        return list(the_db.session.scalars(select(PushSubscription).order_by(PushSubscription.id)))


def test_the_key_stays_the_same(client: FlaskClient) -> None:
    first, second = (client.post("/account/notices/key", data={"csrf_token": token_of(client)}).json for _ in range(2))
    assert first == second
    assert len(first["key"]) == 87


def test_a_device_is_listed_by_what_its_browser_says(client: FlaskClient) -> None:
    assert _add(client) == 200
    assert "Firefox, Windows" in client.get("/account/notices").text


def test_what_is_no_subscription_is_refused(client: FlaskClient) -> None:
    assert _add(client, endpoint="http://push.example/1") == 422
    assert _add(client, p256dh="x") == 422
    assert client.post("/account/notices/devices", data={"csrf_token": token_of(client)}).status_code == 422
    assert _devices() == []


def test_a_device_is_removed_by_its_owner_only(app: Flask, client: FlaskClient, company: Company) -> None:
    _add(client)
    [device] = _devices()
    path = f"/account/notices/devices/{device.id}/remove"
    colleague = signed_in(app, make_user(company, "manager"))
    assert colleague.post(path, data={"csrf_token": token_of(colleague)}).status_code == 404
    assert len(_devices()) == 1
    assert client.post(path, data={"csrf_token": token_of(client)}).status_code == 302
    assert _devices() == []


def test_a_test_is_queued_for_each_device(client: FlaskClient) -> None:
    client.post("/account/notices/devices/test", data={"csrf_token": token_of(client)})
    for name in ("phone", "laptop"):
        _add(client, name)
    client.post("/account/notices/devices/test", data={"csrf_token": token_of(client)})
    the_db.session.rollback()
    with unscoped():
        assert len(list(the_db.session.scalars(select(PushDelivery)))) == 2


def test_signing_out_ends_the_push_of_this_browser_alone(app: Flask, client: FlaskClient, company: Company) -> None:
    _add(client, "phone")
    user = the_db.session.get_one(User, _devices()[0].user_id)
    laptop = signed_in(app, user)
    _add(laptop, "laptop")
    kept = _devices()[1].id
    client.post("/logout", data={"csrf_token": token_of(client)})
    assert [device.id for device in _devices()] == [kept]
    colleague = signed_in(app, make_user(company, "manager"))
    colleague.set_cookie("push", kept)
    colleague.post("/logout", data={"csrf_token": token_of(colleague)})
    assert [device.id for device in _devices()] == [kept], "a cookie ends nobody else's"
