"""Malformed webhook bodies for signed requests; none may cause a 5xx or a partial row."""

import orjson

FAR_FUTURE_MS = 99_999_999_999_999


def build_malformed_bodies(call_id: str, to_number: str, from_number: str) -> list[tuple[str, bytes]]:
    """Build pairs of description and body. Call ids in the bodies are new ones that begin with `call_id`."""
    shapeless = [
        ("nothing", b""),
        ("no JSON", b"call_ended"),
        ("half a body", b'{"event":"call_ended","call":{"call_id":"'),
        ("a list", b"[1,2,3]"),
        ("null", b"null"),
        ("no UTF-8", b'{"event":"\xff\xfe","call":{"call_id":"\xc3"}}'),
        ("no event", b'{"call":{"call_id":"' + call_id.encode() + b'-none"}}'),
        ("event is a number", b'{"event":7,"call":{}}'),
        ("call is a text", b'{"event":"call_ended","call":"all of it"}'),
        ("no call id", b'{"event":"call_ended","call":{}}'),
        ("3,000 deep", b'{"event":"call_ended","call":{"call_id":"x","a":' + b"[" * 3000 + b"]" * 3000 + b"}}"),
        ("unknown event", b'{"event":"call_teleported","call":{"call_id":"' + call_id.encode() + b'-teleported"}}'),
    ]
    return shapeless + [
        (about, _build_event(f"{call_id}-{place}", to_number, from_number, fields))
        for place, (about, fields) in enumerate(MALFORMED_FIELDS)
    ]


MALFORMED_FIELDS: list[tuple[str, bytes]] = [
    ("lone surrogates", rb'"transcript":"Agent: \ud800 Guten \udfffTag\n"'),
    ("NUL in texts", rb'"transcript":"Agent: Gu\u0000ten Tag\n","agent_id":"a\u0000b"'),
    ("wrong types", b'"agent_version":{"a":1},"start_timestamp":"soon","transcript_object":7,"metadata":[1],"call_cost":"much"'),
    ("nulls", b'"agent_id":null,"direction":null,"from_number":null,"transcript":null,"call_analysis":null'),
    ("huge numbers", b'"duration_ms":' + b"9" * 300 + b',"agent_version":1e999,"call_cost":{"combined_cost":1e308}'),
    ("negative times", b'"start_timestamp":-5,"end_timestamp":-9,"duration_ms":-1'),
    ("far future", b'"start_timestamp":%d,"end_timestamp":%d' % (FAR_FUTURE_MS, FAR_FUTURE_MS)),
    ("NaN", b'"duration_ms":NaN,"call_cost":{"combined_cost":-Infinity}'),
    ("unknown words", b'"disconnection_reason":"abducted_by_aliens","call_status":"levitating","call_type":"seance"'),
    ("a megabyte of words", b'"transcript":"Agent: ' + b"Guten Tag. " * 90_000 + b'"'),
    (
        "odd transcript",
        b'"transcript_with_tool_calls":[1,null,{"role":"ghost"},{"role":"agent","content":{"a":1},"words":[null,{"start":"x"}]}]',
    ),
    ("markup", b'"transcript":"Agent: <script>alert(1)</script>{{7*7}}\\n","recording_url":"javascript:alert(1)"'),
    ("an endless number", b'"transfer_destination":"' + b"0" * 5000 + b'"'),
    ("many fields", orjson.dumps({f"field_{place}": place for place in range(20_000)})[1:-1]),
]


def _build_event(call_id: str, to_number: str, from_number: str, fields: bytes) -> bytes:
    call = orjson.dumps({"call_id": call_id, "to_number": to_number, "from_number": from_number, "direction": "inbound"})
    return b'{"event":"call_ended","call":' + call[:-1] + b"," + fields + b"}}"
