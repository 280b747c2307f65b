"""Binds Socket.IO to an application that serves sockets: the web process in development, `live` in production."""

import sys

from flask import Flask

from app.core.extensions import socketio
from app.realtime import handlers, json_codec
from app.realtime.connection_supervisor import Hub
from app.realtime.handshake import HandshakeMiddleware
from app.realtime.message_limits import MAX_MESSAGE_BYTES, close_on_unreadable, limit_message_size
from config import Settings


def serve_sockets(app: Flask, settings: Settings) -> None:
    """Install Socket.IO and the handshake middleware; must be called last, as it wraps the application."""
    hub = app.extensions["askproai_live"] = Hub(app, settings)
    assert handlers.socketio is socketio
    async_mode = "gevent" if _is_gevent_worker() else "threading"
    socketio.init_app(
        app,
        client_manager=hub.manager,
        async_mode=async_mode,
        manage_session=False,
        transports=["websocket"],
        # HandshakeMiddleware has checked the origin.
        cors_allowed_origins=[],
        ping_interval=25,
        ping_timeout=20,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        json=json_codec,
    )
    hub.server = socketio.server
    close_on_unreadable(hub.server)
    if async_mode == "threading":
        limit_message_size(hub.server)
    app.wsgi_app = HandshakeMiddleware(app, hub=hub, settings=settings)  # type: ignore[method-assign]


def _is_gevent_worker() -> bool:
    """Whether gunicorn's gevent worker has patched the socket module."""
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("socket"))
