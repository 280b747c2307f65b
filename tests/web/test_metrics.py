"""What Prometheus sees, and who may look."""

import os
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from structlog.testing import capture_logs

from app.core import metrics, query_stats
from app.core.transactions import transaction
from app.domain.inbox.store import IncomingWebhook, store
from tests.factories.companies import WebhookEventFactory
from tests.support.live import make_call, make_live_company


def value_of(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not among the metrics."
    return float(found[1])


def test_what_stands_now_is_asked_for_now(client: FlaskClient, db: SQLAlchemy) -> None:
    for slug in ("salon-lindgren", "praxis-morgenstern"):
        salon = make_live_company(slug)
        make_call(salon, status="ringing")
        make_call(salon, status="ended")
    with transaction():
        WebhookEventFactory(status="unassigned")
    store(IncomingWebhook("retell", "call_started", "one", b"{}"))
    text = client.get("/metrics").text
    assert value_of(text, "active_calls") == 2
    assert value_of(text, "unassigned_events") == 1
    assert value_of(text, 'queue_depth{queue="inbox"}') == 1
    assert value_of(text, 'queue_depth{queue="webhooks"}') == 0


def test_what_was_counted_in_any_process_is_there(client: FlaskClient) -> None:
    client.get("/health/live")
    text = client.get("/metrics").text
    assert value_of(text, 'api_response_time_seconds_count{method="GET",route="/health/live",status="200"}') >= 1
    assert value_of(text, "db_query_seconds_count") >= 1
    for name in ("live_update_delay_seconds", "slow_queries_total", "socket_connections"):
        assert f"# TYPE {name.removesuffix('_total')}" in text or f"# TYPE {name}" in text


def test_a_token_or_the_machine_itself(client: FlaskClient, make_app: Callable[..., Flask]) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.1.2.3"}).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
    scraper = make_app(metrics_token="scrape-me").test_client()
    assert scraper.get("/metrics").status_code == 401
    assert scraper.get("/metrics", headers={"Authorization": "Bearer scrape-you"}).status_code == 401
    assert scraper.get("/metrics", headers={"Authorization": "Bearer scrape-mé"}).status_code == 401
    away = {"REMOTE_ADDR": "10.1.2.3"}
    assert scraper.get("/metrics", headers={"Authorization": "Bearer scrape-me"}, environ_overrides=away).status_code == 200


def test_processes_that_died_leave_no_sockets_behind(client: FlaskClient) -> None:
    left = metrics.FOLDER / "gauge_livesum_4194305.db"
    own = metrics.FOLDER / f"gauge_livesum_{os.getpid()}.db"
    left.write_bytes(b"")
    client.get("/metrics")
    assert not left.exists()
    assert own.exists()


def test_slow_statements_are_named_without_values(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_stats, "SLOW_S", 0.0)
    with capture_logs() as lines:
        make_live_company("a-secret-slug")
    assert {line["event"] for line in lines} == {"query.slow"}
    assert any(line["statement"].startswith("INSERT INTO companies") for line in lines)
    assert "a-secret-slug" not in str(lines)
