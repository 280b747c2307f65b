"""Server-side sessions in the database; the cookie holds only a token, so signing out ends a session at once on all servers."""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import column, delete, insert, or_, select, table, update
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import now
from app.core.column_types import AsciiString, EncryptedString, Id, UtcDateTime
from app.core.database import read_only
from app.core.encryption import DecryptionError
from app.core.extensions import db
from app.core.transactions import autonomous_transaction
from config_values import is_loopback

IDLE_TIMEOUT = timedelta(minutes=30)
ABSOLUTE_TIMEOUT = timedelta(hours=12)
TOUCH_INTERVAL = timedelta(minutes=1)
# flask-login's key of the signed-in user
USER = "_user_id"
# the user's `session_epoch` when the session began
EPOCH = "epoch"
# what the browser said of itself then, and the id of its push subscription
BROWSER, PUSH_DEVICE = "browser", "push_device"

log = structlog.get_logger()
SESSIONS = table(
    "web_sessions",
    column("id_hash", AsciiString(64)),
    column("user_id", Id),
    column("data", EncryptedString),
    column("created_at", UtcDateTime),
    column("seen_at", UtcDateTime),
)


class ServerSession(SessionMixin):
    """The session of one browser, read from the database at the first access.

    While the database is unreachable the first access raises its error, and later ones find an empty session, so that
    the error page can be rendered.
    """

    def __init__(self, cookie: str | None) -> None:
        self.modified = False
        self.accessed = False
        # whether this request resets the idle timeout; polling scripts do not
        self.is_activity = True
        self._cookie = cookie
        self._data: dict[str, Any] | None = None if cookie else {}
        self._is_stored = False
        self._seen_at: datetime | None = None
        self._replaces: str | None = None
        self._is_lost = False
        self._is_ended = False

    @property
    def id_hash(self) -> str | None:
        """The stored key of the session: SHA-256 of its cookie; None without a stored session."""
        self._load()
        return hash_of(self._cookie) if self._cookie and self._is_stored else None

    @property
    def new(self) -> bool:  # type: ignore[override]
        self._load()
        return not self._is_stored

    def regenerate(self) -> None:
        """Continue under a new token and invalidate the old one; called whenever rights change, against session fixation."""
        self._load()
        if self._is_stored:
            self._replaces = hash_of(self._cookie or "")
        self._cookie, self._is_stored, self.modified = None, False, True

    def end(self) -> None:
        """Clear the session and delete its row at once; call it outside of a transaction."""
        id_hash = self.id_hash
        self._data, self._cookie, self._is_stored, self._is_ended = {}, None, False, True
        self.modified = True
        if id_hash:
            with autonomous_transaction() as connection:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == id_hash))

    def __getitem__(self, key: str) -> Any:
        return self._load()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._load()[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self._load()[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> dict[str, Any]:
        if self._data is None:
            self._data = {}
            try:
                self._read()
            except SQLAlchemyError:
                self._is_lost = True
                raise
        return self._data

    def _read(self) -> None:
        id_hash, current_time = hash_of(self._cookie or ""), now()
        try:
            with read_only(), db.engine.connect() as connection:
                row = connection.execute(
                    select(SESSIONS.c.data, SESSIONS.c.seen_at).where(SESSIONS.c.id_hash == id_hash, *active_condition(current_time))
                ).first()
        except DecryptionError:
            return
        if row is not None:
            self._data, self._seen_at, self._is_stored = json.loads(row.data), row.seen_at, True

    def store(self) -> str | None:
        """Write the changes of this request; the new cookie value, or None if it stays the same."""
        if self._data is None or self._is_lost or self._is_ended:
            return None
        current_time = now()
        if self._is_stored:
            self._update(current_time)
            return None
        if not self.modified or not (self._data or self._replaces):
            return None
        self._cookie = secrets.token_urlsafe(32)
        with autonomous_transaction() as connection:
            if self._replaces:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == self._replaces))
            connection.execute(
                insert(SESSIONS).values(id_hash=hash_of(self._cookie), created_at=current_time, **self._values(current_time))
            )
        self._is_stored = True
        return self._cookie

    def _update(self, at: datetime) -> None:
        """Update the row only if it still exists, so that a session ended meanwhile stays ended."""
        this = SESSIONS.c.id_hash == hash_of(self._cookie or "")
        if self.modified:
            with autonomous_transaction() as connection:
                connection.execute(update(SESSIONS).where(this).values(**self._values(at)))
        elif self.is_activity and self._seen_at and at - self._seen_at >= TOUCH_INTERVAL:
            try:
                with autonomous_transaction() as connection:
                    connection.execute(update(SESSIONS).where(this).values(seen_at=at))
            except SQLAlchemyError as error:
                log.warning("session.not_touched", error=type(error).__name__)

    def _values(self, at: datetime) -> dict[str, Any]:
        data = self._data or {}
        return {"user_id": data.get(USER), "data": json.dumps(data), "seen_at": at}

    @property
    def is_ended(self) -> bool:
        return self._is_ended

    def give_up(self) -> None:
        """Skip further writes in this request after one has failed."""
        self._is_lost = True


class DatabaseSessionInterface(SessionInterface):
    """Flask's session interface. With `secure` (production) the cookie's `__Host-` prefix also binds it to this host."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        self.cookie_name = "__Host-askproai" if secure else "askproai"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        return ServerSession(request.cookies.get(self.cookie_name) or None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, ServerSession):
            return
        if session.accessed:
            response.vary.add("Cookie")
        try:
            new_cookie = session.store()
        except SQLAlchemyError:
            session.give_up()
            raise
        if new_cookie:
            response.set_cookie(self.cookie_name, new_cookie, path="/", httponly=True, secure=self.secure, samesite="Lax")
        elif session.is_ended:
            response.delete_cookie(self.cookie_name, path="/", httponly=True, secure=self.secure, samesite="Lax")


def is_cookie_refused(request: Request, *, secure: bool) -> bool:
    """Whether the browser rejects a `secure` cookie of this response: over plain http, except on the same machine.

    Behind a proxy missing in PROXY_HOPS https looks like http; browsers send Sec-Fetch-* over https only.
    """
    is_plain = not request.is_secure and "Sec-Fetch-Mode" not in request.headers
    return secure and is_plain and not is_loopback(urlsplit(f"//{request.host}").hostname or "")


def hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()


def find_active_sessions(id_hashes: Collection[str]) -> set[str]:
    """The hashes of those sessions that have not expired."""
    with read_only(), db.engine.connect() as connection:
        return set(connection.scalars(select(SESSIONS.c.id_hash).where(SESSIONS.c.id_hash.in_(id_hashes), *active_condition(now()))))


def delete_expired_sessions() -> int:
    """Delete the rows of expired sessions; returns their number."""
    current_time = now()
    with autonomous_transaction() as connection:
        return connection.execute(
            delete(SESSIONS).where(
                or_(SESSIONS.c.seen_at <= current_time - IDLE_TIMEOUT, SESSIONS.c.created_at <= current_time - ABSOLUTE_TIMEOUT)
            )
        ).rowcount


def active_condition(at: datetime) -> tuple[Any, ...]:
    return SESSIONS.c.seen_at > at - IDLE_TIMEOUT, SESSIONS.c.created_at > at - ABSOLUTE_TIMEOUT
