"""The sockets of one process: greets them, reports the state of Redis and lost events, disconnects those without access."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import structlog
from flask import Flask, current_app
from socketio import Server

from app.core.concurrent_lookup_batcher import BatchLoader
from app.core.database import read_only
from app.core.extensions import db
from app.realtime import event_log
from app.realtime.authentication import filter_authorized
from app.realtime.connections import ConnectionRegistry, SocketConnection, SocketUser
from app.realtime.redis_manager import HubRedisManager
from config import Settings

log = structlog.get_logger()
NAMESPACE = "/"
MAINTENANCE_INTERVAL_S = 2.0
RECHECK_INTERVAL_S = 30.0
# A transport that does not connect to the namespace in this time is closed.
CONNECT_TIMEOUT_S = 4.0


class Hub:
    """One per application that serves sockets; `server` is set when Socket.IO is bound."""

    server: Server

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.connections = ConnectionRegistry(settings.live_sockets)
        self.manager = HubRedisManager(settings.redis_url or "", self)
        self._app = app
        self._maintenance_started = threading.Lock()
        self._unconnected_since: dict[str, float] = {}
        # Per company: the highest number delivered here, and the newest in the database at the previous round.
        self._delivered_seqs: dict[str, int] = {}
        self._previous_seqs: dict[str, int] = {}
        # Hundreds reconnect at once after a restart: their look-ups are batched.
        self._checks = BatchLoader(_check_authorized)
        self._numbers = BatchLoader(_get_last_seqs)

    @property
    def socket_count(self) -> int:
        """All open transports, connected to the namespace or not."""
        return len(self.server.eio.sockets)

    def start_maintenance(self) -> None:
        """Start the maintenance task once; called with every handshake because the task must start after the fork."""
        if self._maintenance_started.acquire(blocking=False):
            self.server.start_background_task(self._run_maintenance)

    def is_authorized(self, subscriber: SocketUser) -> bool:
        """Whether the subscriber may still connect; checked in a batch with simultaneous connects."""
        return self._checks.load(subscriber)

    def greet(self, connection: SocketConnection, *, redis: bool) -> None:
        """Send a new connection the newest number of its company, and whether Redis is available."""
        self._send_greeting(connection, self._numbers.load(connection.subscriber.company_id), redis=redis)

    def _send_greeting(self, connection: SocketConnection, number: int, *, redis: bool) -> None:
        self._delivered_seqs.setdefault(connection.subscriber.company_id, number)
        message = {"seq": number, "gapless": connection.subscriber.hears_all, "redis": redis}
        self.server.emit("welcome", message, to=connection.sid, namespace=NAMESPACE, ignore_queue=True)

    def record_delivered(self, company_id: str, seq: int) -> None:
        self._delivered_seqs[company_id] = max(seq, self._delivered_seqs.get(company_id, 0))

    def handle_redis_change(self, is_available: bool) -> None:
        """Send all connections the newest numbers, so that they catch up."""
        self.server.start_background_task(self._send_positions, self.connections.all(), is_available)

    def notify_missed(self, company_ids: list[str]) -> None:
        affected = [connection for connection in self.connections.all() if connection.subscriber.company_id in company_ids]
        self.server.start_background_task(self._send_positions, affected, True)

    def disconnect_user(self, user_id: str, session: str | None = None) -> None:
        """Disconnect the user, or one of the user's sessions."""
        for connection in self.connections.list_for_user(user_id, session):
            self._disconnect(connection)

    def recheck_access(self) -> None:
        """Disconnect subscribers whose session or rights ended without a message to this process."""
        connections = self.connections.all()
        authorized = filter_authorized(connection.subscriber for connection in connections)
        for connection in connections:
            if connection.subscriber not in authorized:
                self._disconnect(connection)

    def _disconnect(self, connection: SocketConnection) -> None:
        transport_sid = self.manager.eio_sid_from_sid(connection.sid, NAMESPACE)
        self.server.disconnect(connection.sid, namespace=NAMESPACE, ignore_queue=True)
        self.connections.remove(connection.sid)
        if transport_sid:
            self._close_connection(transport_sid)

    def _close_connection(self, transport_sid: str) -> None:
        """Close in the background: a browser that does not read delays only its own close."""
        self.server.start_background_task(self.server.eio.disconnect, transport_sid)

    def _close_unconnected(self, late_s: float) -> None:
        """Close transports that do not connect in time; delays of this process itself are not counted."""
        now = time.monotonic()
        unconnected = [sid for sid in list(self.server.eio.sockets) if self.manager.sid_from_eio_sid(sid, NAMESPACE) is None]
        self._unconnected_since = {sid: self._unconnected_since.get(sid, now) + late_s for sid in unconnected}
        for sid, since in self._unconnected_since.items():
            if now - since >= CONNECT_TIMEOUT_S:
                self._close_connection(sid)

    def _send_positions(self, connections: list[SocketConnection], is_available: bool) -> None:
        try:
            with self._app.app_context():
                companies = sorted({connection.subscriber.company_id for connection in connections})
                numbers = dict(zip(companies, _get_last_seqs(companies), strict=True))
            for connection in connections:
                self._send_greeting(connection, numbers[connection.subscriber.company_id], redis=is_available)
            for company_id, seq in numbers.items():
                self.record_delivered(company_id, seq)
        except Exception as error:
            log.warning("live.notify_failed", error=type(error).__name__)

    def _notify_lost_events(self) -> None:
        """Detect events of the previous round that were never delivered here, and send their companies the newest number."""
        companies = {connection.subscriber.company_id for connection in self.connections.all()}
        if not companies:
            return
        with self._app.app_context(), read_only():
            current_seqs = event_log.get_last_seqs(companies)
        lost = [company for company in companies if self._previous_seqs.get(company, 0) > self._delivered_seqs.get(company, 0)]
        self._previous_seqs = current_seqs
        if lost and self.manager.is_listening:
            self.notify_missed(lost)

    def _run_maintenance(self) -> None:
        rechecked_at = time.monotonic()
        while True:
            began = time.monotonic()
            self.server.sleep(MAINTENANCE_INTERVAL_S)
            try:
                self._close_unconnected(time.monotonic() - began - MAINTENANCE_INTERVAL_S)
                self._notify_lost_events()
                if time.monotonic() - rechecked_at >= RECHECK_INTERVAL_S:
                    rechecked_at = time.monotonic()
                    with self._app.app_context():
                        self.recheck_access()
            except Exception as error:
                log.warning("live.maintenance_failed", error=type(error).__name__)


def _check_authorized(subscribers: Sequence[SocketUser]) -> list[bool]:
    authorized = filter_authorized(subscribers)
    return [subscriber in authorized for subscriber in subscribers]


def _get_last_seqs(company_ids: Sequence[str]) -> list[int]:
    with read_only():
        numbers = event_log.get_last_seqs(set(company_ids))
        db.session.rollback()
    return [numbers[company_id] for company_id in company_ids]


def get_hub() -> Hub:
    """Get the hub of the running application."""
    hub: Any = current_app.extensions["askproai_live"]
    return hub
