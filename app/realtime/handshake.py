"""Stands before Socket.IO: whoever is from another site, unknown or one too many is refused before a socket is opened."""

from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.realtime.authentication import visitor_of_request
from app.realtime.hub import Hall
from app.realtime.socket_limits import limit_green
from config import Settings

log = structlog.get_logger()
PATH = "/socket.io/"
VISITOR = "askproai.visitor"
# over the number of seats, for those who are on their way to hear that it is full
STANDING = 10
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Door:
    """The WSGI application in front of everything; leaves who came in the environment."""

    def __init__(self, app: Flask, *, hall: Hall, settings: Settings) -> None:
        self._app = app
        self._inside = app.wsgi_app
        self._hall = hall
        self._settings = settings
        # newcomers queue here instead of at the pool: the seated and the caretaker ask the database as well
        self._turns = BoundedSemaphore(max(1, settings.database_pool // 3))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PATH) and (refusal := self._refusal(environ)):
            start_response(refusal, [("Content-Type", "text/plain"), ("Content-Length", "0"), ("Cache-Control", "no-store")])
            return []
        return self._inside(environ, start_response)

    def _refusal(self, environ: Environ) -> str | None:
        if not self._is_from_here(environ):
            return "403 Forbidden"
        if self._hall.connections >= self._settings.live_sockets + STANDING:
            return "503 Service Unavailable"
        try:
            with self._turns, self._app.request_context(environ):
                environ[VISITOR] = visitor_of_request()
        except SQLAlchemyError as error:
            log.warning("live.door_closed", error=type(error).__name__)
            return "503 Service Unavailable"
        if environ[VISITOR] is None:
            return "401 Unauthorized"
        limit_green(environ)
        self._hall.open()
        return None

    def _is_from_here(self, environ: Environ) -> bool:
        """Browsers always say which site opens a socket; what is no browser says nothing, and carries no one else's cookie."""
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
