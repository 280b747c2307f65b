"""The idempotency hash of a tool call: its name and arguments."""

import hashlib
import json
from typing import Any


def hash_request(name: str, given: dict[str, Any] | None) -> str:
    """Hash name and arguments; order of keys and notation of numbers do not matter."""
    plain = json.dumps(
        [name, {key: _normalise(value) for key, value in (given or {}).items()}], sort_keys=True, ensure_ascii=False, default=str
    )
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _normalise(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
