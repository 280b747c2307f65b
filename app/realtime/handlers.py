"""What a socket may do: come in, ask for what it missed, watch a call, leave."""

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
from app.realtime.connections import Seat, Visitor
from app.realtime.handshake import VISITOR
from app.realtime.hub import NAMESPACE, hall
from app.serializers.live import caught_up

log = structlog.get_logger()
# how long the first visitor waits for this process to hear from Redis
LISTENS_WITHIN_S = 0.5
HIGHEST_NUMBER = 2**53
WATCHED_AT_MOST = 20
RELOAD = {"reload": True}


@socketio.on("connect")
def connect(_auth: object = None) -> None:
    """Seats the visitor in the rooms that the session allows; refused with `code` full, signed_out or away."""
    if _is_said_by_client():
        return
    visitor: Visitor = request.environ[VISITOR]
    seat = hall().seats.take(_sid(), visitor)
    if seat is None:
        raise ConnectionRefusedError("full", {"code": "full"})
    try:
        refusal = None if _seated(seat) else "signed_out"
    except Exception as error:
        log.warning("live.not_seated", error=type(error).__name__)
        refusal = "away"
    if refusal:
        hall().seats.leave(seat.sid)
        raise ConnectionRefusedError(refusal, {"code": refusal})


def _seated(seat: Seat) -> bool:
    """The rooms come first, then the number: what is said in between is told twice and not lost."""
    if not hall().is_welcome(seat.visitor):
        return False
    for room in rooms.for_visitor(seat.visitor):
        join_room(room)
    hall().welcome(seat, redis=hall().manager.wait_until_listening(LISTENS_WITHIN_S))
    return True


@socketio.on("disconnect")
def disconnect(*_reason: object) -> None:
    if not _is_said_by_client():
        hall().seats.leave(_sid())


@socketio.on("catch_up")
def catch_up(asked: object = None, *_more: object) -> dict[str, Any]:
    """What was missed since a number; where that is too much or gone, word to read the whole state."""
    seat, since = _asking(), _field(asked, "since")
    if seat is None or not isinstance(since, int) or not 0 <= since <= HIGHEST_NUMBER:
        return RELOAD
    visitor = seat.visitor
    with company_scope(visitor.company_id), read_only():
        missed, newest = event_log.missed_since(visitor.company_id, since, branch_ids=visitor.branch_ids)
    return RELOAD if missed is None else {"events": [caught_up(row) for row in missed], "seq": newest}


@socketio.on("watch")
def watch(asked: object = None, *_more: object) -> dict[str, bool]:
    """Joins the room of one call that the visitor may see."""
    seat, call_id = _asking(), _field(asked, "call")
    if seat is None or not isinstance(call_id, str) or not is_ulid(call_id) or not _may_see(seat.visitor, call_id):
        return {"ok": False}
    if len(joined_rooms()) > WATCHED_AT_MOST + len(rooms.for_visitor(seat.visitor)):
        return {"ok": False}
    join_room(rooms.of_call(call_id))
    return {"ok": True}


@socketio.on("unwatch")
def unwatch(asked: object = None, *_more: object) -> dict[str, bool]:
    call_id = _field(asked, "call")
    if _asking() is None or not isinstance(call_id, str):
        return {"ok": False}
    leave_room(rooms.of_call(call_id))
    return {"ok": True}


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined]


def _is_said_by_client() -> bool:
    """Whether "connect" or "disconnect" is only a word of a seated client: who gave up the seat so would not be found at its end."""
    return hall().manager.is_connected(_sid(), NAMESPACE)


def _asking() -> Seat | None:
    """Who asks, unless they ask too often; a line check only listens."""
    seat = hall().seats.get(_sid())
    return seat if seat and not seat.visitor.check_id and seat.may_ask() else None


def _field(asked: object, name: str) -> object:
    value = asked.get(name) if isinstance(asked, dict) else None
    return None if isinstance(value, bool) else value


def _may_see(visitor: Visitor, call_id: str) -> bool:
    with company_scope(visitor.company_id), read_only():
        branch_id = db.session.scalar(select(Call.branch_id).where(Call.id == call_id))
    return branch_id is not None and (not visitor.branch_ids or branch_id in visitor.branch_ids)
