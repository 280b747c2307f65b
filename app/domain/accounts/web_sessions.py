"""A user's sessions: where they are signed in, and how one or all others of these end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import LargeBinary, delete, select, type_coerce

from app.core.clock import now
from app.core.encryption import DecryptionError, keyring
from app.core.errors import NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.sessions import BROWSER, EPOCH, PUSH_DEVICE, SESSIONS, active_condition
from app.domain.audit.log import record
from app.events import SessionsRevoked
from app.models import User, WebSession


@dataclass(frozen=True, slots=True)
class OpenSession:
    """`browser` is what it says of itself; `device_id` its push subscription, if it has one."""

    id: str
    browser: str
    started_at: datetime
    seen_at: datetime
    device_id: str | None


def list_sessions(user: User) -> list[OpenSession]:
    """List the sessions that are alive, the last used first."""
    data = type_coerce(SESSIONS.c.data, LargeBinary).label("data")
    rows = db.session.execute(
        select(SESSIONS.c.id_hash, SESSIONS.c.created_at, SESSIONS.c.seen_at, data)
        .where(SESSIONS.c.user_id == user.id, *active_condition(now()))
        .order_by(SESSIONS.c.seen_at.desc(), SESSIONS.c.id_hash)
    ).all()
    opened = [(row, _open(row.data)) for row in rows]
    return [
        OpenSession(row.id_hash, str(data.get(BROWSER, "")), row.created_at, row.seen_at, data.get(PUSH_DEVICE))
        for row, data in opened
        if data.get(EPOCH) == user.session_epoch
    ]


def end_session(user: User, session_id: str) -> OpenSession:
    """End one of the user's sessions; its sockets close after the commit. Raises NotFound."""
    found = next((session for session in list_sessions(user) if session.id == session_id), None)
    if found is None:
        raise NotFound(_("Diese Anmeldung gibt es nicht mehr."))
    _end(user, [found])
    return found


def end_other_sessions(user: User, own_id: str | None) -> list[OpenSession]:
    """End all sessions but this one."""
    others = [session for session in list_sessions(user) if session.id != own_id]
    _end(user, others)
    return others


def _end(user: User, sessions: list[OpenSession]) -> None:
    ended = delete(WebSession).where(WebSession.user_id == user.id, WebSession.id_hash.in_([session.id for session in sessions]))
    db.session.execute(ended.execution_options(synchronize_session=False))
    for session in sessions:
        publish(SessionsRevoked(user.id, session.id))
    if sessions:
        record("sessions_ended", subject=f"user:{user.id}", data={"count": len(sessions)}, company_id=user.company_id)


def _open(sealed: bytes) -> Mapping[str, Any]:
    """Its data; empty for one that no key opens any more, and in which nobody can be signed in."""
    try:
        data: dict[str, Any] = json.loads(keyring().open(bytes(sealed)))
    except DecryptionError:
        return {}
    return data
