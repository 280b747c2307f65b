"""Whether the house says truly how it is."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from app.core.clock import now
from app.core.transactions import transaction
from app.domain.operations import health
from app.models import ScheduledTask, WebhookEvent
from tests.factories.companies import WebhookEventFactory
from tests.support.redis import private_redis
from tests.support.waiting import HANGS_AFTER_S

MakeApp = Callable[..., Flask]


def test_a_process_that_can_serve_says_so(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "ok"}
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert set(answer.json["checks"]) == {"database", "redis", "queue"}
    assert answer.json["checks"]["queue"]["waiting"]["webhooks"] == 0


def test_without_redis_it_still_serves(make_app: MakeApp, tmp_path: Path) -> None:
    with private_redis(tmp_path) as url:
        client = make_app(redis_url=url).test_client()
        assert client.get("/health/ready").json["status"] == "ok"
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    assert answer.json["checks"]["redis"]["status"] == "failed"
    assert client.get("/health").status_code == 503


def test_without_the_database_it_answers_503(make_app: MakeApp, tmp_path: Path) -> None:
    for address in (f"sqlite:///{tmp_path / 'no' / 'folder'}", "mysql+pymysql://root@127.0.0.1:9/nothing"):
        client = make_app(database_url=address).test_client()
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json["status"], answer.headers["Retry-After"]) == (503, "down", "2")


def test_a_check_without_an_end_has_failed(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.1)
    is_answered = threading.Event()
    monkeypatch.setitem(health.CHECKS, "database", lambda: ("ok", {"in_time": is_answered.wait(HANGS_AFTER_S)}))
    assert client.get("/health/ready").status_code == 503
    is_answered.set()


def test_everything_is_looked_at(client: FlaskClient, db: SQLAlchemy, redis: Redis) -> None:
    silent = client.get("/health")
    assert silent.status_code == 503
    assert {name for name, check in silent.json["checks"].items() if check["status"] == "failed"} == {"workers", "clock"}

    worker = Worker(["webhooks"], connection=redis, serializer=JSONSerializer, name="worker-1")
    worker.register_birth()
    worker.heartbeat()
    with transaction():
        db.session.add(ScheduledTask(name="inbox.sweep", next_at=now(), finished_at=now() - timedelta(seconds=5)))
    well = client.get("/health")
    assert (well.status_code, well.json["status"]) == (200, "ok")
    assert well.json["checks"]["workers"]["living"] == 1
    assert 5 <= well.json["checks"]["clock"]["last_tick_s"] < 60
    assert well.json["checks"]["inbox"]["oldest_waiting_s"] == 0


def test_events_that_wait_too_long_are_no_good_sign(client: FlaskClient, db: SQLAlchemy) -> None:
    for waits_s, status in ((1, "ok"), (60, "warn"), (1000, "failed")):
        with transaction():
            db.session.query(WebhookEvent).delete()
            WebhookEventFactory(status="pending", due_at=now() - timedelta(seconds=waits_s))
        assert client.get("/health").json["checks"]["inbox"]["status"] == status
