"""The ticket with which a line check may listen for its own arrival: signed, and good for a minute."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

HEADER = "X-Line-Check"
TOKEN_TTL_S = 60


def create_token(check_id: str) -> str:
    return _serializer().dumps(check_id)


def read_token(ticket: str) -> str | None:
    """The check that it was made for, or None for a forged or an old one."""
    try:
        check_id = _serializer().loads(ticket, max_age=TOKEN_TTL_S)
    except BadSignature:
        return None
    return check_id if isinstance(check_id, str) else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="line-check")
