"""Binds Socket.IO to an application that serves sockets: the web process in development, `live` in production."""

import sys

from flask import Flask

from app.core.extensions import socketio
from app.realtime import handlers, json_codec
from app.realtime.handshake import Door
from app.realtime.hub import Hall
from app.realtime.socket_limits import LARGEST_MESSAGE, close_on_unreadable, limit_threads
from config import Settings


def serve_sockets(app: Flask, settings: Settings) -> None:
    """Called last: from here on the application's front is the door."""
    hall = app.extensions["askproai_live"] = Hall(app, settings)
    assert handlers.socketio is socketio
    async_mode = "gevent" if _on_green_threads() else "threading"
    socketio.init_app(
        app,
        client_manager=hall.manager,
        async_mode=async_mode,
        manage_session=False,
        transports=["websocket"],
        # the door has looked at the origin
        cors_allowed_origins=[],
        ping_interval=25,
        ping_timeout=20,
        max_http_buffer_size=LARGEST_MESSAGE,
        json=json_codec,
    )
    hall.server = socketio.server
    close_on_unreadable(hall.server)
    if async_mode == "threading":
        limit_threads(hall.server)
    app.wsgi_app = Door(app, hall=hall, settings=settings)  # type: ignore[method-assign]


def _on_green_threads() -> bool:
    """Whether gunicorn's gevent worker has put them in place of real ones."""
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("socket"))
