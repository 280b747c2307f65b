"""Webhook bodies as Retell sends them at the end of a call: about 19 KB, mostly word times; each with its own call id."""

import json
from collections.abc import Iterator
from functools import cache

from app.core.signatures import sign_retell

NUMBER = "+493023125100"
WORDS = "Guten Tag, ich hätte gern einen Termin zum Schneiden und Färben am nächsten Donnerstag am Vormittag bei Mara bitte"
SENTENCE = WORDS.split(" ")


def signed(
    count: int, *, key: str, now_ms: int, prefix: str, event: str = "call_ended", number: str = NUMBER
) -> Iterator[tuple[bytes, str]]:
    """Build pairs of raw body and signature for different events."""
    head, tail = _template(event, number)
    for position in range(count):
        raw = head + f"{prefix}_{position:08d}".encode() + tail
        yield raw, sign_retell(raw, key, now_ms)


@cache
def _template(event: str, number: str) -> tuple[bytes, bytes]:
    turns = [
        {
            "role": "agent" if turn % 2 == 0 else "user",
            "content": " ".join(SENTENCE),
            "words": [
                {"word": word, "start": turn * 8 + place * 0.4, "end": turn * 8 + place * 0.4 + 0.3} for place, word in enumerate(SENTENCE)
            ],
        }
        for turn in range(8)
    ]
    call = {
        "call_id": "PLACE", "call_type": "phone_call", "agent_id": "agent_lena", "from_number": "+491713920050", "to_number": number,
        "direction": "inbound", "call_status": "ended", "start_timestamp": 1773130445120, "end_timestamp": 1773130505120,
        "duration_ms": 60000, "disconnection_reason": "user_hangup", "transcript_object": turns, "transcript_with_tool_calls": turns,
    }  # fmt: skip
    raw = json.dumps({"event": event, "call": call}, ensure_ascii=False).encode()
    head, tail = raw.split(b"PLACE")
    return head, tail
