"""Stores webhooks durably and once; requests that come at the same time share one commit."""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from sqlalchemy import Insert, insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DataError, DBAPIError

from app.core.clock import now
from app.core.database import is_transient
from app.core.errors import AppError
from app.core.extensions import db
from app.core.payload_compression import BodyUnreadable as BodyUnreadable, compress_body, decompress_body
from app.models.webhook_event import WebhookEvent
from app.providers.voice.management import FetchedCall

log = structlog.get_logger()
LARGEST_GROUP = 100
# a connection that was closed says so at once
DEAD_WITHIN_S = 0.5


@dataclass
class Incoming:
    """A verified webhook, ready to be stored."""

    provider: str
    event: str
    dedupe_key: str
    body: bytes
    provider_call_id: str | None = None
    dialled: str | None = None
    connection_id: str | None = None
    received_at: datetime = field(default_factory=now)

    def row(self) -> dict[str, Any]:
        unique = f"{self.connection_id or ''}\n{self.dedupe_key}"
        return {
            "provider": self.provider,
            "event": _cut(self.event, 64),
            "dedupe_key": hashlib.sha256(unique.encode("utf-8", "surrogatepass")).hexdigest(),
            "body": compress_body(self.body),
            "size": len(self.body),
            "provider_call_id": _cut(self.provider_call_id, 128),
            "dialled": _cut(self.dialled, 64),
            "connection_id": self.connection_id,
            "received_at": self.received_at,
            "due_at": self.received_at,
            "status": "pending",
            "claims": 0,
            "attempts": 0,
        }


class NotStored(AppError):
    """The request that stored for others was ended from outside."""

    status = 503
    code = "not_stored"


class _Waiting:
    """One event on its way into the database."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row
        self.leads = False
        self.error: Exception | None = None
        # released when its event is committed, or when it is its turn to lead
        self.called = threading.Lock()
        self.called.acquire()


class GroupCommit:
    """One of those who wait at the same time leads: one INSERT and one COMMIT for all of them, while the next ones gather.

    The connection's part of the dedupe key keeps one company from taking the keys of another one's events.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[_Waiting] = []
        self._is_led = False

    def store(self, incoming: Incoming) -> bool:
        """Returns once the event is committed, or was known before; True for the one request that should wake the workers.

        Raises what the database raised: then nothing is stored, and the sender must send it again.
        """
        mine = _Waiting(incoming.row())
        with self._lock:
            self._queue.append(mine)
            if not self._is_led:
                self._is_led = mine.leads = True
        if not mine.leads:
            mine.called.acquire()
        if mine.leads:
            self._lead()
        if mine.error:
            raise mine.error
        return mine.leads

    def _lead(self) -> None:
        """Commits the first of the queue, the leader among them, then calls the next leader and all who were committed."""
        with self._lock:
            group, self._queue = self._queue[:LARGEST_GROUP], self._queue[LARGEST_GROUP:]
        try:
            self._commit(group)
        except BaseException:
            for waiting in group:
                waiting.error = waiting.error or NotStored("This event could not be stored. Please send it again.")
            raise
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._is_led = following is not None
            if following:
                following.leads = True
                following.called.release()
            for waiting in group[1:]:
                waiting.called.release()

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            _insert([waiting.row for waiting in group])
        except Exception as error:
            if len(group) > 1 and (isinstance(error, DataError) or is_transient(error)):
                for waiting in group:
                    self._commit([waiting])
                return
            for waiting in group:
                waiting.error = error


_group_commit = GroupCommit()


def store(incoming: Incoming) -> bool:
    """Stores the event in this process's next group commit; see GroupCommit.store."""
    return _group_commit.store(incoming)


def body_of(event: WebhookEvent) -> bytes:
    """The raw bytes as they came in; raises BodyUnreadable."""
    return decompress_body(event.body)


def _insert(rows: list[dict[str, Any]]) -> None:
    """Inserts and commits; once more when only the connection was a dead one, but not after waiting for a silent one."""
    began = time.monotonic()
    for last in (False, True):
        try:
            with db.engine.begin() as connection:
                connection.execute(_insert_or_ignore(connection.dialect.name), rows)
            return
        except DBAPIError as error:
            if last or not error.connection_invalidated or time.monotonic() - began > DEAD_WITHIN_S:
                raise


@cache
def _insert_or_ignore(dialect: str) -> Insert:
    """Known keys are passed over; all values are cut to their columns before, so nothing else can be ignored."""
    if dialect == "sqlite":
        return sqlite_insert(WebhookEvent.__table__).on_conflict_do_nothing()
    return insert(WebhookEvent.__table__).prefix_with("IGNORE")


def _cut(text: str | None, length: int) -> str | None:
    """Cut to its column, and without what no database takes."""
    return None if text is None else text[:length].encode("utf-8", "replace").decode()


# the event's name says that we fetched it, and did not get it sent
FETCHED = "fetched"


def store_fetched(call: FetchedCall, *, provider: str, connection_id: str | None) -> None:
    """One key for each stage of the call, so that fetching it again stores nothing twice."""
    name = call.event.name
    store(
        Incoming(
            provider=provider,
            event=f"{FETCHED}_{name}",
            dedupe_key=f"{FETCHED}\n{call.listed.call_id}\n{name}\n{call.listed.status}",
            body=call.body,
            provider_call_id=call.listed.call_id,
            dialled=call.event.business_raw,
            connection_id=connection_id,
        )
    )
