"""The cookie that names the push subscription of this browser, so that signing out ends it."""

from flask import Response, request

from app.core import settings
from app.core.ids import is_ulid

MAX_AGE_S = 365 * 86400


def set_push_cookie(response: Response, device_id: str) -> Response:
    response.set_cookie(_get_name(), device_id, max_age=MAX_AGE_S, httponly=True, secure=settings().is_production, samesite="Lax")
    return response


def read_push_cookie() -> str | None:
    """The id of the subscription, as the browser says."""
    device_id = request.cookies.get(_get_name(), "")
    return device_id if is_ulid(device_id) else None


def _get_name() -> str:
    return "__Host-push" if settings().is_production else "push"
