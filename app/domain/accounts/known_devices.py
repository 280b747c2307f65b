"""Known devices: a browser with an earlier sign-in keeps its own attempt limit while others guess."""

import hashlib
import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.models import User

MAX_TOKEN_LENGTH = 400


def create_device_token(user: User) -> str:
    """Create the signed cookie value, valid for this user until the password changes."""
    return _serializer().dumps([secrets.token_urlsafe(12), _hash_user(user)])


def find_device(text: str | None, user: User | None) -> str | None:
    """Find the device id of an earlier sign-in as this user; grants only its own attempt limit."""
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
