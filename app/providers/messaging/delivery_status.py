"""Reads mails that report what became of a mail: delivery status notifications (RFC 3464, 6522; 6533 beyond ASCII)."""

import base64
import binascii
import quopri
import re
from dataclasses import dataclass, field
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from app.core import email_address
from app.providers.messaging.base import RejectionReason

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
ORIGINAL_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
STATUS_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
# Subject and detail of a code of class 5 (RFC 3463): nobody is there, moved away, no such host, disabled, and what Exchange Online says of
# people it does not know (5.4.1).
UNREACHABLE_DETAILS = {"1.0", "1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.1", "4.4"}
MAILBOX_FULL = "2.2"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that was given up for one recipient; `addresses` are the ways in which the report names them, in small letters.

    `reason` None: it did not arrive, which may be different next time.
    """

    message_id: str
    addresses: frozenset[str] = field(repr=False)
    reason: RejectionReason | None


def read_bounces(raw: bytes) -> list[Bounce]:
    """List the failures that a mail reports; none for delays, for answers of people and machines, and for what is no such report."""
    report = message_from_bytes(raw)
    parts: Any = report.get_payload()
    if report.get_content_type() != "multipart/report" or not isinstance(parts, list):
        return []
    kind = report.get_param("report-type")
    if isinstance(kind, str) and kind.lower() != "delivery-status":
        return []
    statuses = next((part for part in parts if part.get_content_type() in STATUS_TYPES), None)
    original = next((part for part in parts if part.get_content_type() in ORIGINAL_TYPES), None)
    message_id = _find_message_id(original) if original else None
    if statuses is None or message_id is None:
        return []
    recipients = [block for block in _list_blocks(statuses) if _read_field(block, "Action").lower() == "failed"]
    return [Bounce(message_id, _read_addresses(block), _read_reason(block)) for block in recipients]


def _find_message_id(original: Message) -> str | None:
    header = str(message_from_bytes(_read_body(original))["Message-ID"] or "")
    found = MESSAGE_ID.search(header)
    return found[0] if found else None


def _list_blocks(statuses: Message) -> list[Message]:
    """The blocks of fields: that of the mail first, then one for each recipient."""
    text = _read_body(statuses).decode("utf-8", "replace").replace("\r\n", "\n")
    return [message_from_string(block.strip()) for block in re.split(r"\n[ \t]*\n", text) if block.strip()]


def _read_body(part: Message) -> bytes:
    """What stands behind the part's own header, decoded; the parser takes it apart as it stands, also where it is encoded."""
    body = part.as_bytes().partition(b"\n\n")[2]
    encoding = str(part["Content-Transfer-Encoding"] or "").strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding != "base64":
        return body
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    try:
        return base64.b64decode(letters[: len(letters) // 4 * 4] if len(letters) % 4 == 1 else letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return b""


def _read_addresses(block: Message) -> frozenset[str]:
    """The recipient as we addressed it and as it failed in the end: where mail is forwarded they differ."""
    named = [_read_field(block, name).partition(";") for name in ("Original-Recipient", "Final-Recipient")]
    texts = [(address or kind).strip().strip("<>").lower() for kind, _semicolon, address in named]
    decoded = [re.sub(r"\+([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), text) for text in texts]
    addresses = {email_address.normalise(text) for text in (*texts, *decoded) if text}
    return frozenset(filter(None, addresses))


def _read_reason(block: Message) -> RejectionReason | None:
    code = STATUS_CODE.search(_read_field(block, "Status"))
    if code is None or code[0] in ("5.0.0", "5.5.0", "5.3.0"):
        # the server's own words say more than "other"
        code = STATUS_CODE.search(_read_field(block, "Diagnostic-Code")) or code
    if code is None or code[1] != "5":
        return None
    detail = f"{code[2]}.{code[3]}"
    if detail in UNREACHABLE_DETAILS:
        return "unreachable"
    return "mailbox_full" if detail == MAILBOX_FULL else "refused" if code[2] == "7" else None


def _read_field(block: Message, name: str) -> str:
    text = " ".join(str(block[name] or "").split())
    try:
        return str(make_header(decode_header(text))) if "=?" in text else text
    except (LookupError, ValueError):
        return text
