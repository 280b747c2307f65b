"""Signed token, valid for a minute, with which a line check may receive its own live event."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

HEADER = "X-Line-Check"
TOKEN_TTL_S = 60


def create_token(check_id: str) -> str:
    return _serializer().dumps(check_id)


def read_token(token: str) -> str | None:
    """The id of the check, or None for a forged or expired token."""
    try:
        check_id = _serializer().loads(token, max_age=TOKEN_TTL_S)
    except BadSignature:
        return None
    return check_id if isinstance(check_id, str) else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="line-check")
