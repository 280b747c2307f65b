"""Secrets for development, generated at the first start and kept in the instance folder."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.embedded.instance_files import read_json, write_private

GENERATED: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "ENCRYPTION_KEYS": lambda: base64.urlsafe_b64encode(os.urandom(32)).decode(),
    "RETELL_API_KEY": lambda: f"key_{secrets.token_hex(20)}",
    "TWILIO_ACCOUNT_SID": lambda: f"AC{secrets.token_hex(16)}",
    "TWILIO_AUTH_TOKEN": lambda: secrets.token_hex(16),
}


def keep_secrets(instance: Path, environment: Mapping[str, str]) -> None:
    """Add secrets missing in `secrets.json` and in the environment; a variable set to an empty string counts as set."""
    file = instance / "secrets.json"
    existing = read_json(file)
    missing = {name: make() for name, make in GENERATED.items() if name not in environment and name not in existing}
    if missing:
        write_private(file, json.dumps(existing | missing, indent=2) + "\n")
