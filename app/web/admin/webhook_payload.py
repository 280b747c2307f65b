"""The body of a webhook as support reads it: without what people said or who they are, until there is a reason to see that."""

import json
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext as _

MAX_PAYLOAD_LENGTH = 200_000
REDACTED = "•••"
# fields that say what happened, never to whom
PLAIN_KEYS = frozenset(
    (
        "event", "call_id", "call_status", "call_type", "agent_id", "agent_version", "agent_name", "direction", "disconnection_reason",
        "user_sentiment", "role", "tool_call_id", "CallSid", "ParentCallSid", "AccountSid", "CallStatus", "Direction", "SequenceNumber",
        "Timestamp", "CallbackSource", "ApiVersion", "ErrorCode",
    )
)  # fmt: skip


def format_payload(body: bytes, *, whole: bool) -> tuple[str, str | None]:
    """The body as text, and a sentence where something is not shown."""
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
    """JSON, or the fields of a form."""
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
