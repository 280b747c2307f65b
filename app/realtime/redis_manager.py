"""Subscribes a process that holds sockets to Redis; detects a lost connection and reconnects within a second."""

import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol

import redis
import structlog
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry
from socketio import RedisManager

from app.realtime import broadcast, json_codec

log = structlog.get_logger()
RECONNECT_DELAY_S = 1.0
# After this silence a ping is sent; without an answer the connection counts as dead.
PING_INTERVAL_S = 4.0


class HubProtocol(Protocol):
    """The receiver of the manager's messages."""

    def handle_redis_change(self, is_available: bool) -> None:
        """Handle the loss or the return of Redis, between which events were missed."""

    def record_delivered(self, company_id: str, seq: int) -> None:
        """An event is being sent to the sockets."""

    def notify_missed(self, company_ids: list[str]) -> None:
        """A process could not push events of these companies."""

    def disconnect_user(self, user_id: str, session: str | None) -> None:
        """Disconnect the user's sockets, or those of one session."""


class HubRedisManager(RedisManager):
    """Forwards messages from Redis to the sockets of this process; publishing is done by `broadcast` alone."""

    def __init__(self, url: str, hub: HubProtocol) -> None:
        super().__init__(url, channel=json_codec.CHANNEL, json=json_codec)
        self._hub = hub
        self._listening = threading.Event()
        self._last_reported: bool | None = None

    @property
    def is_listening(self) -> bool:
        return self._listening.is_set()

    def wait_until_listening(self, timeout_s: float) -> bool:
        return self._listening.wait(timeout_s)

    def _publish(self, data: dict[str, Any]) -> None:
        """Do nothing: everything the library would publish concerns sockets of this process only."""

    def _listen(self) -> Iterator[dict[str, Any]]:
        while True:
            connection = redis.Redis.from_url(
                self.redis_url, socket_connect_timeout=1.0, socket_timeout=PING_INTERVAL_S * 2, retry=Retry(NoBackoff(), 0)
            )
            try:
                with connection.pubsub() as pubsub:
                    pubsub.subscribe(self.channel)
                    yield from self._receive_messages(pubsub)
            except (redis.RedisError, OSError) as error:
                self._report_availability(False, error)
            finally:
                connection.close()
            time.sleep(RECONNECT_DELAY_S)

    def _receive_messages(self, pubsub: PubSub) -> Iterator[dict[str, Any]]:
        received_at = time.monotonic()
        while True:
            message = pubsub.get_message(timeout=PING_INTERVAL_S)
            if message is None:
                if time.monotonic() - received_at > PING_INTERVAL_S * 2.5:
                    raise redis.ConnectionError("Redis stopped answering.")
                pubsub.ping()
                continue
            received_at = time.monotonic()
            if message["type"] == "subscribe":
                self._report_availability(True)
            elif message["type"] == "message":
                yield from self._dispatch(message["data"])

    def _dispatch(self, text: bytes) -> Iterator[dict[str, Any]]:
        try:
            message = json_codec.loads(text)
        except ValueError:
            log.warning("live.message_unreadable")
            return
        match message.get("method"):
            case broadcast.DISCONNECT_USER:
                self._hub.disconnect_user(message["user"], message["session"])
            case broadcast.EVENTS_MISSED:
                self._hub.notify_missed(message["companies"])
            case "emit":
                envelope = message["data"][0]
                # a hint to one person has no number
                if "seq" in envelope:
                    self._hub.record_delivered(envelope["company"], envelope["seq"])
                yield message

    def _report_availability(self, is_listening: bool, error: Exception | None = None) -> None:
        (self._listening.set if is_listening else self._listening.clear)()
        if is_listening == self._last_reported:
            return
        if error is not None:
            log.warning("live.redis_lost", error=type(error).__name__)
        elif self._last_reported is False:
            log.info("live.redis_restored")
        self._last_reported = is_listening
        self._hub.handle_redis_change(is_listening)
