"""How a process that holds sockets listens to Redis: it notices when Redis is away, and comes back within a second."""

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
AGAIN_AFTER_S = 1.0
# without a word from Redis it is asked for one; still nothing, and the connection counts as dead
ASK_AFTER_S = 4.0


class Audience(Protocol):
    """Whom the manager tells what it hears."""

    def redis_changed(self, is_there: bool) -> None:
        """Redis went or has come back: what was said in between is missed."""

    def heard(self, company_id: str, seq: int) -> None:
        """An event goes to the sockets."""

    def missed(self, company_ids: list[str]) -> None:
        """Somebody could not push events of these companies."""

    def end(self, user_id: str, session: str | None) -> None:
        """The user's sockets, or those of one session, must go."""


class LiveManager(RedisManager):
    """Hands on what comes through Redis to the sockets of this process; what they are to hear goes through `emit`, never out here."""

    def __init__(self, url: str, audience: Audience) -> None:
        super().__init__(url, channel=json_codec.CHANNEL, json=json_codec)
        self._audience = audience
        self._listening = threading.Event()
        self._told: bool | None = None

    @property
    def is_listening(self) -> bool:
        return self._listening.is_set()

    def wait_until_listening(self, at_most_s: float) -> bool:
        return self._listening.wait(at_most_s)

    def _publish(self, data: dict[str, Any]) -> None:
        """Whatever the library would tell other processes concerns sockets of this one only."""

    def _listen(self) -> Iterator[dict[str, Any]]:
        while True:
            connection = redis.Redis.from_url(
                self.redis_url, socket_connect_timeout=1.0, socket_timeout=ASK_AFTER_S * 2, retry=Retry(NoBackoff(), 0)
            )
            try:
                with connection.pubsub() as pubsub:
                    pubsub.subscribe(self.channel)
                    yield from self._hear(pubsub)
            except (redis.RedisError, OSError) as error:
                self._tell(False, error)
            finally:
                connection.close()
            time.sleep(AGAIN_AFTER_S)

    def _hear(self, pubsub: PubSub) -> Iterator[dict[str, Any]]:
        heard_at = time.monotonic()
        while True:
            message = pubsub.get_message(timeout=ASK_AFTER_S)
            if message is None:
                if time.monotonic() - heard_at > ASK_AFTER_S * 2.5:
                    raise redis.ConnectionError("Redis says nothing any more.")
                pubsub.ping()
                continue
            heard_at = time.monotonic()
            if message["type"] == "subscribe":
                self._tell(True)
            elif message["type"] == "message":
                yield from self._understood(message["data"])

    def _understood(self, text: bytes) -> Iterator[dict[str, Any]]:
        try:
            said = json_codec.loads(text)
        except ValueError:
            log.warning("live.unreadable_message")
            return
        match said.get("method"):
            case broadcast.END_SOCKETS:
                self._audience.end(said["user"], said["session"])
            case broadcast.MISSED:
                self._audience.missed(said["companies"])
            case "emit":
                envelope = said["data"][0]
                self._audience.heard(envelope["company"], envelope["seq"])
                yield said

    def _tell(self, is_listening: bool, error: Exception | None = None) -> None:
        (self._listening.set if is_listening else self._listening.clear)()
        if is_listening == self._told:
            return
        if error is not None:
            log.warning("live.redis_away", error=type(error).__name__)
        elif self._told is False:
            log.info("live.redis_back")
        self._told = is_listening
        self._audience.redis_changed(is_listening)
