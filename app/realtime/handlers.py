"""Socket.IO handlers: connect, catch up, watch a call, disconnect."""

from typing import Any

import structlog
from flask import request
from flask_socketio import ConnectionRefusedError, join_room, leave_room, rooms as joined_rooms
from sqlalchemy import select

from app.core.database import read_only
from app.core.extensions import db, socketio
from app.core.ids import is_ulid
from app.core.tenancy import company_scope
from app.models.call import Call
from app.realtime import event_log, rooms
from app.realtime.connection_supervisor import NAMESPACE, get_hub
from app.realtime.connections import SocketConnection, SocketUser
from app.realtime.handshake import SUBSCRIBER_KEY
from app.serializers.live import build_catch_up_event
from app.serializers.live_limits import limit_event

log = structlog.get_logger()
# How long the first connection waits for this process to subscribe to Redis.
LISTEN_TIMEOUT_S = 0.5
MAX_SEQ = 2**53
MAX_WATCHED_CALLS = 20
RELOAD = {"reload": True}


@socketio.on("connect")
def connect(_auth: object = None) -> None:
    """Join the rooms that the session allows; refused with `code` full, signed_out or away."""
    if _is_client_packet():
        return
    subscriber: SocketUser = request.environ[SUBSCRIBER_KEY]
    connection = get_hub().connections.add(_sid(), subscriber)
    if connection is None:
        raise ConnectionRefusedError("full", {"code": "full"})
    try:
        rejection = None if _accept(connection) else "signed_out"
    except Exception as error:
        log.warning("socket.connect_failed", error=type(error).__name__)
        rejection = "away"
    if rejection:
        get_hub().connections.remove(connection.sid)
        raise ConnectionRefusedError(rejection, {"code": rejection})


def _accept(connection: SocketConnection) -> bool:
    """Join the rooms before the position is sent: an event in between arrives twice instead of being lost."""
    if not get_hub().is_authorized(connection.subscriber):
        return False
    for room in rooms.get_subscriber_rooms(connection.subscriber):
        join_room(room)
    get_hub().greet(connection, redis=get_hub().manager.wait_until_listening(LISTEN_TIMEOUT_S))
    return True


@socketio.on("disconnect")
def disconnect(*_reason: object) -> None:
    if not _is_client_packet():
        get_hub().connections.remove(_sid())


@socketio.on("catch_up")
def catch_up(payload: object = None, *_more: object) -> dict[str, Any]:
    """Return the events after a number, or RELOAD where they are too many or deleted."""
    connection, since = _find_requester(), _get_field(payload, "since")
    if connection is None or not isinstance(since, int) or not 0 <= since <= MAX_SEQ:
        return RELOAD
    subscriber = connection.subscriber
    with company_scope(subscriber.company_id), read_only():
        missed, newest = event_log.list_events_since(subscriber.company_id, since, branch_ids=subscriber.branch_ids)
    if missed is None:
        return RELOAD
    if subscriber.calendar is not None:
        missed = [limited for row in missed if (limited := limit_event(row, subscriber.calendar)) is not None]
    return {"events": [build_catch_up_event(row) for row in missed], "seq": newest}


@socketio.on("watch")
def watch(payload: object = None, *_more: object) -> dict[str, bool]:
    """Join the room of one call that the subscriber may see."""
    connection, call_id = _find_requester(), _get_field(payload, "call")
    if connection is None or not isinstance(call_id, str) or not is_ulid(call_id) or not _can_see_call(connection.subscriber, call_id):
        return {"ok": False}
    if len(joined_rooms()) > MAX_WATCHED_CALLS + len(rooms.get_subscriber_rooms(connection.subscriber)):
        return {"ok": False}
    join_room(rooms.get_watched_room(connection.subscriber, call_id))
    return {"ok": True}


@socketio.on("unwatch")
def unwatch(payload: object = None, *_more: object) -> dict[str, bool]:
    call_id = _get_field(payload, "call")
    connection = _find_requester()
    if connection is None or not isinstance(call_id, str):
        return {"ok": False}
    leave_room(rooms.get_watched_room(connection.subscriber, call_id))
    return {"ok": True}


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined]


def _is_client_packet() -> bool:
    """Whether "connect" or "disconnect" was sent as an event by a connected client; its entry must then stay registered."""
    return get_hub().manager.is_connected(_sid(), NAMESPACE)


def _find_requester() -> SocketConnection | None:
    """Find the connection behind the request; None over its rate limit and for line checks, which only listen."""
    connection = get_hub().connections.get(_sid())
    return connection if connection and not connection.subscriber.check_id and connection.allow_request() else None


def _get_field(payload: object, name: str) -> object:
    value = payload.get(name) if isinstance(payload, dict) else None
    return None if isinstance(value, bool) else value


def _can_see_call(subscriber: SocketUser, call_id: str) -> bool:
    with company_scope(subscriber.company_id), read_only():
        branch_id = db.session.scalar(select(Call.branch_id).where(Call.id == call_id))
    return branch_id is not None and (not subscriber.branch_ids or branch_id in subscriber.branch_ids)
