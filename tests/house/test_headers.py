"""Every answer carries what keeps a browser safe: on all routes, signed in as well, found or not."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app import create_app
from tests.support.rows import address_of
from tests.support.users import make_company, make_user, signed_in

CLOSED = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'"}
INLINE = re.compile(r"<script(?![^>]*(\bsrc=|type=\"application/json\"))|<style|\son[a-z]+=|\sstyle=", re.I)


@pytest.fixture
def readers(app: Flask, db: SQLAlchemy) -> list[FlaskClient]:
    return [app.test_client(), signed_in(app, make_user(make_company())), signed_in(app, make_user(None, "admin"))]


def test_every_answer_carries_the_headers(app: Flask, readers: list[FlaskClient]) -> None:
    seen = 0
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.rule != "/metrics":
            address = address_of(rule, dict.fromkeys(rule.arguments, "7"))
            for reader in readers:
                answer = reader.get(address)
                assert wrong_with(answer) == [], f"{address} {answer.status_code}"
                seen += 1
    assert seen > 100


def test_also_what_is_refused_and_what_is_a_file(client: FlaskClient) -> None:
    answers = [
        client.get("/static/js/layout.js", buffered=True),
        client.post("/login"),
        client.get("/%ff"),
        client.post("/api/retell/webhook"),
    ]
    for answer in answers:
        assert wrong_with(answer) == [], answer.request.path


def wrong_with(answer: Any) -> list[str]:
    headers = answer.headers
    policy = dict(part.strip().split(" ", 1) for part in headers.get("Content-Security-Policy", "").split(";") if " " in part.strip())
    wrong = [f"{name}: {policy.get(name)}" for name, value in CLOSED.items() if policy.get(name) != value]
    wrong += [word for word in ("unsafe-inline", "unsafe-eval", " * ", "http:") if word in headers.get("Content-Security-Policy", "")]
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Reporting-Endpoints": 'askproai="/api/reports"',
    }
    wrong += [f"{name}: {headers.get(name)}" for name, value in expected.items() if headers.get(name) != value]
    wrong += [name for name in ("camera=()", "microphone=()", "geolocation=()") if name not in headers.get("Permissions-Policy", "")]
    if answer.mimetype == "text/html":
        wrong += [found.group() for found in INLINE.finditer(answer.text)]
    return wrong


def test_in_production_browsers_come_back_by_https_only(app: Flask) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"app_env": "production"})
    answer = create_app(settings).test_client().get("/health/live", base_url="https://askproai.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
