"""Pushes through Redis to the processes that hold the sockets; a hint only, for the rows are there for who misses one."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from socketio import RedisManager

from app.core import metrics
from app.core.clock import now
from app.core.redis import RedisError, get_redis
from app.realtime import json_codec, rooms
from app.serializers.live import envelope

log = structlog.get_logger()
SILENCE_AFTER_FAILURE_S = 1.0
# what we say beside Socket.IO's own messages: these must go, these have missed something
END_SOCKETS = "end_sockets"
MISSED = "missed"


@dataclass
class _Line:
    """How this process's way to Redis stands."""

    silent_until: float = 0.0
    is_down: bool = False
    # companies of which something could not be pushed
    missed: set[str] = field(default_factory=set)


_line = _Line()


class Collector(RedisManager):
    """A manager that writes messages as Socket.IO's own does, and keeps them to be sent together."""

    def __init__(self) -> None:
        super().__init__(channel=json_codec.CHANNEL, write_only=True, json=json_codec)
        self.messages: list[str] = []

    def _publish(self, data: dict[str, Any]) -> None:
        self.messages.append(self.json.dumps(data))


def push(rows: Iterable[Mapping[str, Any]], received: Iterable[datetime] = ()) -> None:
    """Sends these events (columns of live_events) in one round trip; `received`: when the webhooks behind them came in.

    Never raises: with Redis away nothing is sent, and the browsers ask for what they miss.
    """
    collector = Collector()
    companies: list[str] = []
    for row in rows:
        collector.emit(row["name"], envelope(row), namespace="/", room=rooms.for_event(row))
        companies.append(row["company_id"])
    if _line.missed:
        collector.messages.append(json_codec.dumps({"method": MISSED, "companies": sorted(_line.missed)}))
    sent = _send(collector.messages)
    metrics.LIVE_PUSHES.labels("sent" if sent else "away").inc(len(companies))
    if not sent:
        _line.missed.update(companies)
        return
    _line.missed.clear()
    moment = now()
    for instant in received:
        metrics.LIVE_UPDATE_DELAY.observe(max(0.0, (moment - instant).total_seconds()))


def end_sockets(user_id: str, session: str | None = None) -> None:
    """Closes the user's sockets in every process, or only those of one session; a re-check finds those that this does not reach."""
    _send([json_codec.dumps({"method": END_SOCKETS, "user": user_id, "session": session})])


def _send(messages: list[str]) -> bool:
    if time.monotonic() < _line.silent_until:
        return False
    try:
        pipeline = get_redis().pipeline(transaction=False)
        for message in messages:
            pipeline.publish(json_codec.CHANNEL, message)
        pipeline.execute()
    except (RedisError, OSError) as error:
        _line.silent_until = time.monotonic() + SILENCE_AFTER_FAILURE_S
        if not _line.is_down:
            _line.is_down = True
            log.warning("live.not_pushed", error=type(error).__name__)
        return False
    if _line.is_down:
        _line.is_down = False
        log.info("live.pushed_again")
    return True
