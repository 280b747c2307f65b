"""The body of a webhook for support: personal data is redacted unless a reason was given to see it."""

import json
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext as _

MAX_PAYLOAD_LENGTH = 200_000
REDACTED = "•••"
# Fields without personal data.
PLAIN_KEYS = frozenset(
    (
        "event", "call_id", "call_status", "call_type", "agent_id", "agent_version", "agent_name", "direction", "disconnection_reason",
        "user_sentiment", "role", "tool_call_id", "CallSid", "ParentCallSid", "AccountSid", "CallStatus", "Direction", "SequenceNumber",
        "Timestamp", "CallbackSource", "ApiVersion", "ErrorCode",
    )
)  # fmt: skip


def format_payload(body: bytes, *, whole: bool) -> tuple[str, str | None]:
    """Format the body; returns its text and a note if something is hidden."""
    try:
        value = _parse_body(body)
        text = json.dumps(value if whole else _redact(value), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        if not whole:
            return REDACTED, _("Der Inhalt ist nicht lesbar. Er wird nur ungekürzt gezeigt.")
        text = body[:MAX_PAYLOAD_LENGTH].decode("utf-8", "replace")
    if len(text) > MAX_PAYLOAD_LENGTH:
        return text[:MAX_PAYLOAD_LENGTH].encode("utf-8", "replace").decode(), _(
            "Gezeigt werden die ersten %(n)s Zeichen.", n=f"{MAX_PAYLOAD_LENGTH:,}".replace(",", ".")
        )
    note = None if whole else _("Was Personen gesagt haben und wer sie sind, ist ausgeblendet.")
    return text.encode("utf-8", "replace").decode(), note


def _parse_body(body: bytes) -> Any:
    """Parse JSON or form fields. Raises ValueError."""
    if body.lstrip()[:1] in (b"{", b"["):
        return json.loads(body)
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=500))
    if not fields:
        raise ValueError("neither JSON nor a form")
    return fields


def _redact(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _redact(entry, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [_redact(entry, key) for entry in value]
    if isinstance(value, str):
        return value if key in PLAIN_KEYS or not value else REDACTED
    return value
