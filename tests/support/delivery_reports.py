"""Mails that servers send back, as they come from Postfix, Exchange, Gmail and Exim (payloads/mails)."""

import base64
from email import message_from_bytes
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "payloads" / "mails"


def read_report(name: str, *, message_id: str = "<01JMESSAGE@salon.example>", recipient: str = "mira@example.org") -> bytes:
    """A report about the mail with this Message-ID to this recipient, with the line ends of the wire."""
    raw = (FOLDER / f"{name}.eml").read_bytes()
    raw = raw.replace(b"<01JMESSAGE@salon.example>", message_id.encode()).replace(b"mira@example.org", recipient.encode())
    return raw.replace(b"\n", b"\r\n")


def encode_parts(raw: bytes) -> bytes:
    """The same report with its machine-readable parts in base64."""
    report = message_from_bytes(raw)
    boundary = (report.get_boundary() or "").encode()
    parts = raw.split(b"--" + boundary)
    for index, part in enumerate(parts):
        head, blank, body = part.partition(b"\r\n\r\n")
        if b"content-type: message/" in head.lower():
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-transfer-encoding")]
            lines.append(b"Content-Transfer-Encoding: base64")
            parts[index] = b"\r\n".join(lines) + blank + base64.encodebytes(body).replace(b"\n", b"\r\n")
    return (b"--" + boundary).join(parts)
