"""Stores webhooks durably and once; concurrent requests share one commit."""

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

from app.core import get_app_state
from app.core.clock import now
from app.core.database import is_transient
from app.core.errors import AppError
from app.core.extensions import db
from app.core.payload_compression import StoredPayloadUnreadable as StoredPayloadUnreadable, compress_body, decompress_body
from app.models.webhook_event import WebhookEvent
from app.providers.voice.management import FetchedCall

log = structlog.get_logger()
MAX_GROUP_SIZE = 100
# a closed connection fails faster; a slower failure is not retried
RECONNECT_TIMEOUT_S = 0.5


@dataclass
class IncomingWebhook:
    """A verified webhook, ready to be stored."""

    provider: str
    event_name: str
    dedupe_key: str
    body: bytes
    provider_call_id: str | None = None
    to_number: str | None = None
    connection_id: str | None = None
    received_at: datetime = field(default_factory=now)

    def row(self) -> dict[str, Any]:
        unique = f"{self.connection_id or ''}\n{self.dedupe_key}"
        return {
            "provider": self.provider,
            "event_name": _truncate(self.event_name, 64),
            "dedupe_key": hashlib.sha256(unique.encode("utf-8", "surrogatepass")).hexdigest(),
            "body": compress_body(self.body),
            "size": len(self.body),
            "provider_call_id": _truncate(self.provider_call_id, 128),
            "to_number": _truncate(self.to_number, 64),
            "connection_id": self.connection_id,
            "received_at": self.received_at,
            "due_at": self.received_at,
            "status": "pending",
            "claim_count": 0,
            "attempts": 0,
        }


class WebhookNotStored(AppError):
    """The request that was committing for a group was aborted."""

    status = 503
    code = "not_stored"


class _PendingInsert:
    """One event to be inserted by the leader of its group."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row
        self.is_leader = False
        self.error: Exception | None = None
        # released when its event is committed, or when it becomes the leader
        self.released = threading.Lock()
        self.released.acquire()


class GroupCommit:
    """One of the pending requests is the leader: one INSERT and one COMMIT for the group, while the next group gathers.

    The connection id is part of the dedupe key, so that no company takes the keys of another one's events.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[_PendingInsert] = []
        self._has_leader = False

    def store(self, incoming: IncomingWebhook) -> bool:
        """Return once the event is committed or was stored before; True for the one request that should wake the workers.

        Raises the error of the database: then nothing is stored, and the sender must send it again.
        """
        pending = _PendingInsert(incoming.row())
        with self._lock:
            self._queue.append(pending)
            if not self._has_leader:
                self._has_leader = pending.is_leader = True
        if not pending.is_leader:
            pending.released.acquire()
        if pending.is_leader:
            self._lead()
        if pending.error:
            raise pending.error
        return pending.is_leader

    def _lead(self) -> None:
        """Commit the head of the queue, then release the next leader and the requests that were committed."""
        with self._lock:
            group, self._queue = self._queue[:MAX_GROUP_SIZE], self._queue[MAX_GROUP_SIZE:]
        try:
            self._commit(group)
        except BaseException:
            for pending in group:
                pending.error = pending.error or WebhookNotStored("This event could not be stored. Please send it again.")
            raise
        finally:
            with self._lock:
                next_leader = self._queue[0] if self._queue else None
                self._has_leader = next_leader is not None
            if next_leader:
                next_leader.is_leader = True
                next_leader.released.release()
            for pending in group[1:]:
                pending.released.release()

    def _commit(self, group: list[_PendingInsert]) -> None:
        try:
            _insert([pending.row for pending in group])
        except Exception as error:
            if len(group) > 1 and (isinstance(error, DataError) or is_transient(error)):
                for pending in group:
                    self._commit([pending])
                return
            for pending in group:
                pending.error = error


def store(incoming: IncomingWebhook) -> bool:
    """Store the event with this application's next group commit; see GroupCommit.store."""
    return get_app_state(GroupCommit).store(incoming)


def get_body(event: WebhookEvent) -> bytes:
    """The raw bytes as received; raises StoredPayloadUnreadable."""
    return decompress_body(event.body)


def _insert(rows: list[dict[str, Any]]) -> None:
    """Insert and commit; once more after a closed connection, but not after waiting for a silent one."""
    began = time.monotonic()
    for last in (False, True):
        try:
            with db.engine.begin() as connection:
                connection.execute(_insert_or_ignore(connection.dialect.name), rows)
            return
        except DBAPIError as error:
            if last or not error.connection_invalidated or time.monotonic() - began > RECONNECT_TIMEOUT_S:
                raise


@cache
def _insert_or_ignore(dialect: str) -> Insert:
    """Insert rows except those with existing keys; all values fit their columns, so no other error can be ignored."""
    if dialect == "sqlite":
        return sqlite_insert(WebhookEvent.__table__).on_conflict_do_nothing()
    return insert(WebhookEvent.__table__).prefix_with("IGNORE")


def _truncate(text: str | None, length: int) -> str | None:
    """Cut to the column's length, without characters that no database accepts."""
    return None if text is None else text[:length].encode("utf-8", "replace").decode()


# marks the name of an event that was fetched, not received
FETCHED_PREFIX = "fetched"


def store_fetched(call: FetchedCall, *, provider: str, connection_id: str | None) -> None:
    """Store with one key per stage of the call, so that fetching again stores nothing twice."""
    name = call.event.name
    store(
        IncomingWebhook(
            provider=provider,
            event_name=f"{FETCHED_PREFIX}_{name}",
            dedupe_key=f"{FETCHED_PREFIX}\n{call.listed.call_id}\n{name}\n{call.listed.status}",
            body=call.body,
            provider_call_id=call.listed.call_id,
            to_number=call.event.business_raw,
            connection_id=connection_id,
        )
    )
