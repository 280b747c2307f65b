"""JSON on the wire: fast, and with the names that Socket.IO's library calls."""

import json
from typing import Any

import orjson

CHANNEL = "askproai-live"


def dumps(value: Any, **_options: Any) -> str:
    """Encode with the fast encoder, or with the standard one if that refuses (odd keys, lone surrogates)."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, default=str)


def loads(text: str | bytes, **_options: Any) -> Any:
    return orjson.loads(text)
