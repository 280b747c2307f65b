from collections.abc import Callable

import pytest
import redis as redis_library
import requests
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from pytest_httpserver import HTTPServer
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import text

from app.core.tenancy import company_scope, current_company_id
from config import ROOT, Settings
from tests.support.waiting import HANGS_AFTER_S


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_begins_with_an_empty_database(db: SQLAlchemy, run: int) -> None:
    count = text("SELECT COUNT(*) FROM companies")
    assert db.session.execute(count).scalar() == 0
    columns = "id, slug, name, industry, country, language, timezone, is_active, created_at"
    values = "'c1', 'lindgren', 'Salon Lindgren', 'hair_salon', 'DE', 'de', 'Europe/Berlin', 1, '2026-11-20 10:00:00'"
    db.session.execute(text(f"INSERT INTO companies ({columns}) VALUES ({values})"))
    db.session.commit()
    assert db.session.execute(count).scalar() == 1


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_begins_with_an_empty_redis(redis: redis_library.Redis, run: int) -> None:
    assert redis.dbsize() == 0
    redis.set("kept", "no")


def test_the_database_is_the_one_that_the_test_is_named_after(db: SQLAlchemy, database_kind: str) -> None:
    assert db.engine.dialect.name == {"sqlite": "sqlite", "mariadb": "mysql"}[database_kind]


def test_a_request_knows_nothing_of_the_test_around_it(make_app: Callable[..., Flask], db: SQLAlchemy) -> None:
    app = make_app()
    sessions: list[object] = []

    @app.get("/tests-only")
    def show() -> str:
        sessions.append(db.session())
        return str(current_company_id())

    with company_scope("01J0000000000000000000TEST"):
        assert app.test_client().get("/tests-only").text == "None"
    assert sessions[0] is not db.session()


@pytest.mark.parametrize("run", [1, 2])
def test_a_change_of_the_config_lasts_for_one_test(app: Flask, run: int) -> None:
    assert "ONLY_HERE" not in app.config
    app.config["ONLY_HERE"] = True


def test_an_application_can_be_made_with_other_settings(make_app: Callable[..., Flask], client: FlaskClient) -> None:
    assert make_app(retell_api_key="").config["SETTINGS"].retell_api_key == ""
    assert client.application.config["SETTINGS"].retell_api_key


def test_no_test_reaches_the_network() -> None:
    with pytest.raises(SocketConnectBlockedError):
        requests.get("http://192.0.2.1/", timeout=1)


def test_stand_ins_of_providers_are_reached(http: HTTPServer) -> None:
    http.expect_request("/v2/calls").respond_with_json({"items": []})
    assert requests.get(http.url_for("/v2/calls"), timeout=HANGS_AFTER_S).json() == {"items": []}


def test_the_readme_names_every_variable() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in Settings.model_fields if f"`{name.upper()}`" not in readme] == []
