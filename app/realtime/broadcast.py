"""Pushes through Redis to the processes that hold the sockets; a hint only: clients read what they miss from live_events."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from socketio import RedisManager

from app.core import get_app_state, metrics
from app.core.clock import now
from app.core.redis import RedisError, get_redis
from app.realtime import json_codec, rooms
from app.serializers.live import build_envelope
from app.serializers.live_limits import get_staff_id, limit_event

log = structlog.get_logger()
RETRY_DELAY_S = 1.0
# Methods of our own messages beside Socket.IO's on the channel: close sockets, report events that were not pushed.
DISCONNECT_USER = "disconnect_user"
EVENTS_MISSED = "events_missed"
# the event of a person's own room
NOTICES_CHANGED = "notices.changed"


@dataclass
class PublisherState:
    """State of the application's way to Redis."""

    retry_at: float = 0.0
    is_down: bool = False
    # companies with events that could not be pushed
    missed_companies: set[str] = field(default_factory=set)


class SocketMessageBatch(RedisManager):
    """Encodes messages as Socket.IO's manager does and collects them to be sent in one round trip."""

    def __init__(self) -> None:
        super().__init__(channel=json_codec.CHANNEL, write_only=True, json=json_codec)
        self.messages: list[str] = []

    def _publish(self, data: dict[str, Any]) -> None:
        self.messages.append(self.json.dumps(data))


def push(rows: Iterable[Mapping[str, Any]], received: Iterable[datetime] = ()) -> None:
    """Publish these events (columns of live_events) in one round trip; `received`: when their webhooks came in.

    Never raises: without Redis nothing is sent, and the browsers catch up later.
    """
    collector, publisher = SocketMessageBatch(), get_app_state(PublisherState)
    companies: list[str] = []
    for row in rows:
        _emit(collector, row)
        companies.append(row["company_id"])
    if publisher.missed_companies:
        collector.messages.append(json_codec.dumps({"method": EVENTS_MISSED, "companies": sorted(publisher.missed_companies)}))
    sent = _send(collector.messages)
    metrics.LIVE_PUSHES.labels("sent" if sent else "away").inc(len(companies))
    if not sent:
        publisher.missed_companies.update(companies)
        return
    publisher.missed_companies.clear()
    pushed_at = now()
    for received_at in received:
        metrics.LIVE_UPDATE_DELAY.observe(max(0.0, (pushed_at - received_at).total_seconds()))


def _emit(collector: SocketMessageBatch, row: Mapping[str, Any]) -> None:
    """Send the event whole, and without the appointments of others to those who see one person's only."""
    whole_rooms = rooms.get_event_rooms(row)
    limited_rooms, limited = [rooms.get_limited_room(room) for room in whole_rooms], limit_event(row, None)
    if staff_id := get_staff_id(row):
        whole_rooms.append(rooms.get_calendar_room(row["company_id"], staff_id))
    if limited is row:
        whole_rooms += limited_rooms
    elif limited is not None:
        collector.emit(row["name"], build_envelope(limited), namespace="/", room=limited_rooms)
    collector.emit(row["name"], build_envelope(row), namespace="/", room=whole_rooms)


def push_notice_hints(user_ids: Iterable[str]) -> None:
    """Tell every open page of these people that their notices changed. A hint without a number: pages ask for the count themselves."""
    collector = SocketMessageBatch()
    for user_id in user_ids:
        collector.emit(NOTICES_CHANGED, {}, namespace="/", room=rooms.get_user_room(user_id))
    _send(collector.messages)


def disconnect_user(user_id: str, session: str | None = None) -> None:
    """Close the user's sockets in every process, or only those of one session; the periodic re-check closes those not reached."""
    _send([json_codec.dumps({"method": DISCONNECT_USER, "user": user_id, "session": session})])


def _send(messages: list[str]) -> bool:
    publisher = get_app_state(PublisherState)
    if time.monotonic() < publisher.retry_at:
        return False
    try:
        pipeline = get_redis().pipeline(transaction=False)
        for message in messages:
            pipeline.publish(json_codec.CHANNEL, message)
        pipeline.execute()
    except (RedisError, OSError) as error:
        publisher.retry_at = time.monotonic() + RETRY_DELAY_S
        if not publisher.is_down:
            publisher.is_down = True
            log.warning("live.push_failed", error=type(error).__name__)
        return False
    if publisher.is_down:
        publisher.is_down = False
        log.info("live.push_restored")
    return True
