"""The tokens of links and feeds: 256 random bits, of which only a hash is stored."""

import hashlib
import secrets

MAX_TOKEN_LENGTH = 64


def generate_token() -> str:
    return secrets.token_urlsafe(32)


def may_be_token(text: str) -> bool:
    """Whether it is worth looking for; everything else is nobody's, and MariaDB compares ASCII alone."""
    return len(text) <= MAX_TOKEN_LENGTH and text.isascii()


def hash_token(token: str) -> str:
    """The hash under which the token is stored; of any text, as addresses may hold anything."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
