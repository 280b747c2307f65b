"""The secret of a form whose check failed, sealed in the page for the person who typed it, so that it need not be typed again."""

import base64
import binascii

import orjson
from flask import g
from flask_login import current_user

from app.core.encryption import DecryptionError, keyring


def seal_secret(provider: str, secret: str) -> str:
    return base64.urlsafe_b64encode(keyring().seal(orjson.dumps([*_get_owner(provider), secret]))).decode()


def open_secret(provider: str, sealed: str) -> str:
    """The secret; empty where it is not from this person's own page of this provider."""
    try:
        *owner, secret = orjson.loads(keyring().open(base64.urlsafe_b64decode(sealed)))
    except (DecryptionError, binascii.Error, ValueError):
        return ""
    return secret if owner == _get_owner(provider) else ""


def _get_owner(provider: str) -> list[str]:
    return [g.company.id, current_user.id, provider]
