"""Tokens of links and feeds stand in no log, no metric, no table and no error report, whatever becomes of the request."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
import sentry_sdk
import structlog
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from werkzeug.routing import Rule

from app.core.logging import mask_link_tokens
from app.core.route_guards import guard_of
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.accounts import invitations
from app.domain.accounts.access import Access
from app.domain.accounts.account_tokens import create_token
from app.domain.bookings import calendar_feeds, self_service_links
from app.domain.bookings.create import create_booking
from tests.doubles.sentry import SentryDouble
from tests.factories.salon import PRESENT, make_salon
from tests.support.users import csrf_token, make_user

pytestmark = pytest.mark.exhaustive

OVER_THE_LIMIT = 125


class Boom(Exception):
    """Carries what it should not."""


@pytest.fixture
def tokens(db: SQLAlchemy) -> Iterator[dict[str, str]]:
    with time_machine.travel(PRESENT, tick=True):
        salon = make_salon()
        with company_scope(salon.company_id), transaction():
            booking = create_booking(salon.request("cut:anna", customer_id=None))
            made = {"/b/": self_service_links.create_link(booking), "/ics/": calendar_feeds.create_feed(staff_id=salon.people["anna"])}
            made["/invitation/"] = invitations.invite("neu@example.org", Access("staff"), by=None).link.rpartition("/")[2]
        user = make_user()
        with transaction():
            made |= {"/reset/": create_token("password_reset", user)[1]}
            made |= {"/confirm-email/": create_token("email_change", user, email="neu@example.com")[1]}
        yield made


@pytest.fixture
def sentry(http: HTTPServer) -> Iterator[SentryDouble]:
    yield SentryDouble(http)
    sentry_sdk.get_client().close()
    # without a word init() would patch Flask, SQLAlchemy and threading for all tests that follow
    sentry_sdk.init(default_integrations=False, auto_enabling_integrations=False)


@contextmanager
def log_lines() -> Iterator[StringIO]:
    """What is really written, through all processors."""
    written, whole = StringIO(), structlog.get_config()
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(written))  # type: ignore[arg-type]
    yield written
    structlog.configure(**whole)


def test_no_token_is_left_anywhere(
    make_app: Callable[..., Flask], db: SQLAlchemy, tokens: dict[str, str], sentry: SentryDouble, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(sentry_dsn=sentry.dsn)
    statuses: set[int] = set()
    with log_lines() as log, caplog.at_level(logging.DEBUG):
        for rule in token_rules(app):
            path = path_of(rule, tokens)
            statuses |= set(provoke(app, rule, path))
        sentry_sdk.flush()
        report = [seen_on(f"https://x.example{path_of(rule, tokens)}") for rule in token_rules(app)]
        assert app.test_client().post("/api/reports", json=report).status_code == 204
    assert {404, 405, 429, 500} <= statuses
    assert len(sentry.events) >= len(token_rules(app))
    everything = {
        "logs": log.getvalue(), "libraries": caplog.text, "error tracking": sentry.everything,
        "metrics": app.test_client().get("/metrics").text, "tables": rows_of(db),
    }  # fmt: skip
    assert [(place, name) for place, text in everything.items() for name, token in tokens.items() if token in text] == []
    assert all("/b/<token>" in everything[place] for place in ("logs", "error tracking", "metrics"))


def test_every_route_with_a_token_is_known_to_the_log(app: Flask) -> None:
    for rule in token_rules(app):
        assert "tOkEn" not in mask_link_tokens(f"Error handling request {rule.rule.replace('<token>', 'tOkEn')}?x=1")


def test_lines_of_servers_lose_their_links_and_keep_the_rest(app: Flask) -> None:
    logger = logging.getLogger("gunicorn.error")
    try:
        raise ValueError("GET /b/tOkEn/move HTTP/9.9")
    except ValueError as error:
        record = logger.makeRecord(
            logger.name, logging.ERROR, "", 0, "Error handling %s of %s", ("/ics/tOkEn.ics", "10.0.0.1"), (type(error), error, None)
        )
    assert logger.filter(record)
    line = logging.Formatter("%(message)s").format(record)
    assert "tOkEn" not in line
    assert "10.0.0.1" in line
    assert "ValueError" in line


def test_event_for_error_tracking_says_what_where_and_under_which_route(
    make_app: Callable[..., Flask], tokens: dict[str, str], sentry: SentryDouble
) -> None:
    app = make_app(sentry_dsn=sentry.dsn)
    with broken(app, "own_booking.show"):
        answer = app.test_client().get(f"/b/{tokens['/b/']}?q=Wiebke", headers={"Cookie": "a=Wiebke", "User-Agent": "Wiebke"})
    sentry_sdk.flush()
    (event,) = sentry.events
    assert event["tags"] == {"route": "/b/<token>", "request": answer.headers["X-Request-Id"]}
    (error,) = event["exception"]["values"]
    assert (error["type"], "value" in error) == ("Boom", False)
    assert error["stacktrace"]["frames"]
    assert "Wiebke" not in sentry.everything


def seen_on(address: str) -> dict[str, Any]:
    """What a browser reports of a page."""
    return {"type": "csp-violation", "body": {"documentURL": address, "effectiveDirective": "img-src", "blockedURL": address}}


def provoke(app: Flask, rule: Rule, path: str) -> Iterator[int]:
    """Everything that may become of a request."""
    client = app.test_client()
    method = "POST" if "POST" in (rule.methods or ()) else "GET"
    data = {"csrf_token": csrf_token(client)} if method == "POST" else None
    yield client.open(path, method=method, data=data).status_code
    yield client.open(path, method="PUT").status_code
    yield client.get(f"{path}/nowhere").status_code
    for _time in range(OVER_THE_LIMIT):
        answer = client.open(path, method=method, data=data, environ_overrides={"REMOTE_ADDR": "10.9.9.9"})
    yield answer.status_code
    with broken(app, rule.endpoint):
        yield client.open(path, method=method, data=data).status_code


@contextmanager
def broken(app: Flask, endpoint: str) -> Iterator[None]:
    def break_down(**gaps: Any) -> None:
        raise Boom(f"{gaps}")

    whole = app.view_functions[endpoint]
    app.view_functions[endpoint] = break_down
    try:
        yield
    finally:
        app.view_functions[endpoint] = whole


def token_rules(app: Flask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if (guard := guard_of(app.view_functions[rule.endpoint])) and guard.kind == "token"]
    found = [rule for rule in found if rule.arguments]
    assert len(found) >= 7
    return found


def path_of(rule: Rule, tokens: dict[str, str]) -> str:
    (token,) = (token for prefix, token in tokens.items() if rule.rule.startswith(prefix))
    return rule.rule.replace("<token>", token)


def rows_of(db: SQLAlchemy) -> str:
    """Every value of every table, as it rests there."""
    db.session.rollback()
    with unscoped(), db.engine.connect() as connection:
        return "\n".join(repr(tuple(row)) for table in db.metadata.tables.values() for row in connection.execute(select(table)))
