"""WSGI middleware before Socket.IO: refuses foreign origins, unauthenticated clients and excess sockets before the upgrade."""

from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.realtime.authentication import find_request_subscriber
from app.realtime.connection_supervisor import Hub
from app.realtime.message_limits import limit_gevent_traffic
from config import Settings

log = structlog.get_logger()
PATH = "/socket.io/"
SUBSCRIBER_KEY = "askproai.subscriber"
# Beyond LIVE_SOCKETS, for clients that still have to receive the code `full`.
MAX_PENDING_SOCKETS = 10
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class HandshakeMiddleware:
    """Authenticates the handshake and leaves the subscriber in the WSGI environment."""

    def __init__(self, app: Flask, *, hub: Hub, settings: Settings) -> None:
        self._app = app
        self._wsgi_app = app.wsgi_app
        self._hub = hub
        self._settings = settings
        # Handshakes queue here instead of at the pool, which connected sockets and the maintenance task use as well.
        self._query_slots = BoundedSemaphore(max(1, settings.database_pool // 3))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PATH) and (rejection := self._find_rejection(environ)):
            start_response(rejection, [("Content-Type", "text/plain"), ("Content-Length", "0"), ("Cache-Control", "no-store")])
            return []
        return self._wsgi_app(environ, start_response)

    def _find_rejection(self, environ: Environ) -> str | None:
        if not self._is_same_origin(environ):
            return "403 Forbidden"
        if self._hub.socket_count >= self._settings.live_sockets + MAX_PENDING_SOCKETS:
            return "503 Service Unavailable"
        try:
            with self._query_slots, self._app.request_context(environ):
                environ[SUBSCRIBER_KEY] = find_request_subscriber()
        except SQLAlchemyError as error:
            log.warning("socket.handshake_unavailable", error=type(error).__name__)
            return "503 Service Unavailable"
        if environ[SUBSCRIBER_KEY] is None:
            return "401 Unauthorized"
        limit_gevent_traffic(environ)
        self._hub.start_maintenance()
        return None

    def _is_same_origin(self, environ: Environ) -> bool:
        """Whether Origin is missing or our own: browsers always send it with a WebSocket, other clients carry no foreign cookie."""
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            return True
        hosts = {environ.get("HTTP_HOST"), urlsplit(self._settings.public_base).netloc}
        if self._settings.proxy_hops:
            hosts.add(environ.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip() or None)
        try:
            return urlsplit(origin).netloc in hosts - {None}
        except ValueError:
            return False
