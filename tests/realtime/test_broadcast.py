"""Pushes leave together, in the words of Socket.IO's own library, and Redis being away is no reason to fail."""

import json
import uuid
from itertools import takewhile

import pytest
import redis as redis_library
import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from prometheus_client import REGISTRY
from socketio import RedisManager

from app.core import get_app_state
from app.core.clock import now
from app.core.redis import connect, get_redis
from app.events import CallStarted
from app.realtime import broadcast, json_codec
from tests.support.live import build_event, build_turn, make_call, make_live_company, publish_events
from tests.support.waiting import HANGS_AFTER_S


@pytest.fixture
def overheard(redis: redis_library.Redis) -> redis_library.client.PubSub:
    pubsub = redis.pubsub(ignore_subscribe_messages=True)
    pubsub.subscribe(json_codec.CHANNEL)
    pubsub.get_message(timeout=HANGS_AFTER_S)
    yield pubsub
    pubsub.close()


def all_of(pubsub: redis_library.client.PubSub) -> list[dict[str, object]]:
    """What was pushed by now: the answer to a ping comes after it."""
    pubsub.ping()
    messages = iter(lambda: pubsub.get_message(timeout=HANGS_AFTER_S), None)
    return [json.loads(message["data"]) for message in takewhile(lambda message: message["type"] != "pong", messages)]


def test_one_commit_is_one_round_trip(db: SQLAlchemy, overheard: redis_library.client.PubSub, monkeypatch: pytest.MonkeyPatch) -> None:
    call = make_call(make_live_company())
    trips: list[int] = []
    execute = redis_library.client.Pipeline.execute

    def noted(pipe: redis_library.client.Pipeline, *options: object) -> object:
        trips.append(sum(command[0][0] == "PUBLISH" for command in pipe.command_stack))
        return execute(pipe, *options)

    monkeypatch.setattr(redis_library.client.Pipeline, "execute", noted)
    publish_events(build_event(call, CallStarted), *(build_turn(call, index, f"Satz {index}") for index in range(20)))
    assert [count for count in trips if count] == [22]
    heard = all_of(overheard)
    assert [message["data"][0]["seq"] for message in heard] == list(range(1, 23))
    assert heard[0]["event"] == "call.started"
    rooms = [f"company:{call.company_id}", f"company:{call.company_id}:branch:{call.branch_id}", f"call:{call.id}"]
    # no appointment in it: whoever sees one person's only hears it too
    assert heard[0]["room"] == [*rooms, *(f"{room}:limited" for room in rooms)]


def test_messages_are_those_of_the_library(db: SQLAlchemy, redis_url: str, overheard: redis_library.client.PubSub) -> None:
    """The installed python-socketio reads what we write: same fields, same nesting."""
    publish_events(build_turn(make_call(make_live_company()), 0, "Guten Tag"))
    library = RedisManager(redis_url, channel=json_codec.CHANNEL, write_only=True)
    library.emit("message.received", {"seq": 1}, namespace="/", room=["company:1"])
    ours, theirs = all_of(overheard)
    assert ours.keys() == theirs.keys()
    for name in ("method", "event", "binary", "namespace", "skip_sid", "callback"):
        assert ours[name] == theirs[name]
    assert uuid.UUID(hex=str(ours["host_id"]))
    library.redis.close()


def test_without_redis_nothing_is_raised_and_it_is_said_once(
    app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch, overheard: redis_library.client.PubSub
) -> None:
    salon = make_live_company()
    call = make_call(salon)
    with monkeypatch.context() as away, structlog.testing.capture_logs() as lines:
        away.setitem(app.extensions, "askproai_redis", connect("redis://127.0.0.1:9/0"))
        before = pushed("away")
        for index in range(3):
            publish_events(build_turn(call, index, "niemand hört es"))
        assert pushed("away") - before == 3
    assert [line["event"] for line in lines] == ["live.push_failed"]

    get_app_state(broadcast.PublisherState).retry_at = 0.0
    publish_events(build_turn(call, 3, "wieder da"))
    said, missed = all_of(overheard)
    assert said["data"][0]["seq"] == 4
    assert missed == {"method": "events_missed", "companies": [salon.company_id]}


def test_the_way_from_the_webhook_is_measured(db: SQLAlchemy) -> None:
    get_redis().ping()
    before = REGISTRY.get_sample_value("live_update_delay_seconds_count") or 0
    publish_events(build_turn(make_call(make_live_company()), 0, "Guten Tag"))
    after = REGISTRY.get_sample_value("live_update_delay_seconds_count") or 0
    assert after - before == 1


def test_odd_values_do_not_stop_the_wire() -> None:
    for odd in ({"at": now()}, {1: "key"}, "kaputt \ud800"):
        assert json_codec.dumps(odd)


def pushed(result: str) -> float:
    return REGISTRY.get_sample_value("live_pushes_total", {"result": result}) or 0
