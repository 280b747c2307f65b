"""The session of a signed-in user: how each way to sign in begins one, and what it keeps."""

from datetime import datetime, timedelta
from typing import Any

from flask import redirect, request, session
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from app.core import settings
from app.core.clock import now
from app.core.event_bus import publish
from app.core.sessions import BROWSER, EPOCH
from app.core.transactions import transaction
from app.domain.accounts import known_devices, sign_in
from app.domain.staff_notices.push_subscriptions import end_push_of_browser
from app.events import SessionsRevoked
from app.models import User
from app.web.push_cookie import read_push_cookie

DEVICE_COOKIE_MAX_AGE_S = 365 * 86400
MAX_USER_AGENT_LENGTH = 300
# when the user last proved who they are, and how long that is enough for what changes the account itself
CONFIRMED_AT = "confirmed_at"
CONFIRMATION_LIFETIME = timedelta(minutes=10)


def complete_sign_in(user: User, *, method: str, target: str) -> Response:
    """Record the sign-in, end what this browser was signed in as before, and lead on to the target."""
    with transaction():
        sign_in.record_sign_in(user, method=method)
        end_previous_session(user)
    session.clear()
    begin_session(user)
    return set_device_cookie(redirect(target), user)


def end_previous_session(user: User) -> None:
    """End the sockets of what this browser was signed in as before, and its push if that was another user. Inside a transaction."""
    revocation, device_id = build_sign_out_event(), read_push_cookie()
    if revocation:
        publish(revocation)
    if revocation and device_id and revocation.user_id != user.id:
        end_push_of_browser(device_id, revocation.user_id)


def begin_session(user: User) -> None:
    """Sign in under a new session id, against session fixation."""
    session.regenerate()  # type: ignore[attr-defined]
    session.pop("csrf_token", None)
    session[EPOCH] = user.session_epoch
    session[BROWSER] = request.user_agent.string[:MAX_USER_AGENT_LENGTH]
    mark_confirmed()
    login_user(user)


def mark_confirmed() -> None:
    session[CONFIRMED_AT] = now().isoformat()


def is_confirmed() -> bool:
    """Whether the user has signed in or typed the password a moment ago."""
    text: Any = session.get(CONFIRMED_AT)
    return bool(text) and now() - datetime.fromisoformat(text) < CONFIRMATION_LIFETIME


def build_sign_out_event() -> SessionsRevoked | None:
    """Build the event that this session ends; None without a signed-in user."""
    user_id = current_user.get_id()
    return SessionsRevoked(user_id, session.id_hash) if user_id else None  # type: ignore[attr-defined]


def get_start_path(user: User) -> str:
    """Get the start page of a user."""
    return "/admin/unassigned" if user.is_platform else "/dashboard"


def set_device_cookie(response: Response, user: User) -> Response:
    """Set the cookie of a known device, which may try passwords while attempts from other devices are rate-limited."""
    response.set_cookie(
        get_device_cookie(), known_devices.create_device_token(user), max_age=DEVICE_COOKIE_MAX_AGE_S, httponly=True,
        secure=settings().is_production, samesite="Lax",
    )  # fmt: skip
    return response


def get_device_cookie() -> str:
    return "__Host-device" if settings().is_production else "device"
