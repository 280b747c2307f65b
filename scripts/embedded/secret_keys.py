"""The secrets that a machine without any gets for development: made once, kept in the instance folder."""

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
    """Adds to `secrets.json` what neither it nor the environment holds; a variable set to nothing counts as held."""
    file = instance / "secrets.json"
    kept = read_json(file)
    missing = {name: make() for name, make in GENERATED.items() if name not in environment and name not in kept}
    if missing:
        write_private(file, json.dumps(kept | missing, indent=2) + "\n")
