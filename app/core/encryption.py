"""Encrypt secrets and personal data with AES-256-GCM; the key's id is stored with the ciphertext, so keys can be rotated."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from config_values import KEY_BYTES, decode_key

KEY_ID_BYTES = 4
NONCE_BYTES = 12


class DecryptionError(Exception):
    """The sealed bytes were changed, or no key in ENCRYPTION_KEYS opens them."""


class Keyring:
    """The keys of ENCRYPTION_KEYS: the first encrypts, all decrypt.

    Sealed form: 4 bytes key id, 12 bytes nonce, ciphertext with tag.
    """

    def __init__(self, keys: str) -> None:
        raw = [decode_key(part) for part in keys.split(",") if part.strip()]
        if not raw:
            raise ValueError("ENCRYPTION_KEYS holds no key.")
        self._ciphers = {key_id(key): AESGCM(key) for key in raw}
        self._writing = key_id(raw[0])
        self._index_key = hmac.new(raw[-1], b"blind index", hashlib.sha256).digest()

    def seal(self, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return self._writing + nonce + self._ciphers[self._writing].encrypt(nonce, plain, None)

    def open(self, sealed: bytes) -> bytes:
        cipher = self._ciphers.get(sealed[:KEY_ID_BYTES])
        if cipher is None:
            raise DecryptionError("No key in ENCRYPTION_KEYS opens this.")
        nonce_end = KEY_ID_BYTES + NONCE_BYTES
        try:
            return cipher.decrypt(sealed[KEY_ID_BYTES:nonce_end], sealed[nonce_end:], None)
        except InvalidTag as error:
            raise DecryptionError("The sealed bytes were changed.") from error

    def needs_resealing(self, sealed: bytes) -> bool:
        return sealed[:KEY_ID_BYTES] != self._writing

    def blind_index(self, plain: str) -> str:
        """A keyed hash to look up an encrypted value by; made with the oldest key, so rotation keeps it."""
        return hmac.new(self._index_key, plain.encode(), hashlib.sha256).hexdigest()


def new_key() -> str:
    """Generate a key in the form of ENCRYPTION_KEYS."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES]


def use_keys(app: Flask, keys: str) -> None:
    """Set the application's keyring; the application factory calls it once."""
    app.extensions["askproai_keyring"] = Keyring(keys)


def keyring() -> Keyring:
    """The keyring of the running application."""
    return current_app.extensions["askproai_keyring"]
