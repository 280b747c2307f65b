"""Known devices: a browser in which somebody once came in may go on trying while strangers guess at the account."""

import hashlib
import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.models import User

MAX_TOKEN_LENGTH = 400


def create_device_token(user: User) -> str:
    """The text for the browser's cookie; signed, good for this user until the password is another one."""
    return _serializer().dumps([secrets.token_urlsafe(12), _hash_user(user)])


def find_device(text: str | None, user: User | None) -> str | None:
    """The device's name, if the browser once came in as this user; it opens nothing, it only has a budget of its own."""
    if not text or user is None or len(text) > MAX_TOKEN_LENGTH:
        return None
    try:
        device, mark = _serializer().loads(text)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(device) if mark == _hash_user(user) else None


def _hash_user(user: User) -> str:
    return hashlib.sha256(f"{user.id}:{user.password_hash}".encode()).hexdigest()[:32]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known-device")
