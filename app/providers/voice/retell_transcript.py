"""Parses Retell's three transcript formats into turns and tool uses."""

from collections.abc import Iterator
from typing import Any

import msgspec
import orjson

from app.providers.payload_reader import PayloadReader, repair_json
from app.providers.voice.call_webhook_reader import Role, TranscriptToolCall, TranscriptTurn

ROLES: dict[str, Role] = {"agent": "agent", "user": "caller", "transfer_target": "transfer_target"}
SPEAKERS: dict[str, Role] = {"Agent": "agent", "User": "caller", "Transfer Target": "transfer_target"}

MAX_ITEMS = 5_000
JSON_NULL = msgspec.Raw(b"null")


class WordTiming(msgspec.Struct, gc=False):
    start: Any = None
    end: Any = None


class RetellTranscriptItem(msgspec.Struct):
    """An entry of the transcript: an utterance, a tool call, a tool result, or an entry to skip."""

    role: Any = None
    content: Any = None
    words: list[WordTiming] | None = None
    tool_call_id: Any = None
    name: Any = None
    arguments: Any = None
    successful: Any = None


ITEMS_DECODER = msgspec.json.Decoder(list[RetellTranscriptItem])


def parse_transcript(
    with_tools: msgspec.Raw, without_tools: msgspec.Raw, lines: Any, reader: PayloadReader
) -> tuple[tuple[TranscriptTurn, ...] | None, tuple[TranscriptToolCall, ...]]:
    """Parse turns and tool uses from the richest transcript present; turns is None where there is none at all.

    The formats are `transcript_with_tool_calls`, `transcript_object` and `transcript`; invalid entries are dropped.
    """
    for name, raw in (("transcript_with_tool_calls", with_tools), ("transcript_object", without_tools)):
        items = _decode_items(name, raw, reader)
        if items:
            return _to_turns_and_tools(items, reader)
    if transcript := reader.text("transcript", lines, 2_000_000):
        return tuple(_parse_lines(transcript)), ()
    return None if with_tools == without_tools == JSON_NULL and lines is None else (), ()


def _decode_items(name: str, raw: msgspec.Raw, reader: PayloadReader) -> list[RetellTranscriptItem]:
    if raw == JSON_NULL:
        return []
    try:
        items = ITEMS_DECODER.decode(raw)
    except (ValueError, RecursionError):
        items = list(_decode_items_leniently(name, raw, reader))
    if len(items) > MAX_ITEMS:
        reader.add_problem(f"{name} was truncated")
    return items[:MAX_ITEMS]


def _decode_items_leniently(name: str, raw: msgspec.Raw, reader: PayloadReader) -> Iterator[RetellTranscriptItem]:
    """Decode the entries and words that are objects; the rest is recorded as a problem and dropped."""
    reader.add_problem(f"{name} holds invalid entries")
    try:
        entries = orjson.loads(repair_json(bytes(raw)))
    except (ValueError, RecursionError):
        return
    for entry in _to_list(entries):
        if isinstance(entry, dict):
            words = [WordTiming(word.get("start"), word.get("end")) for word in _to_list(entry.get("words")) if isinstance(word, dict)]
            yield RetellTranscriptItem(
                words=words, **{key: entry.get(key) for key in RetellTranscriptItem.__struct_fields__ if key != "words"}
            )


def _to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _to_turns_and_tools(
    items: list[RetellTranscriptItem], reader: PayloadReader
) -> tuple[tuple[TranscriptTurn, ...], tuple[TranscriptToolCall, ...]]:
    turns: list[TranscriptTurn] = []
    calls: dict[str, tuple[RetellTranscriptItem, int]] = {}
    results: dict[str, RetellTranscriptItem] = {}
    for item in items:
        kind = item.role if isinstance(item.role, str) else ""
        if role := ROLES.get(kind):
            text = reader.text("content", item.content, 20_000)
            if text:
                turns.append(TranscriptTurn(role, text, *_get_span(item.words, reader)))
        elif kind == "tool_call_invocation":
            calls.setdefault(_get_tool_call_id(item, reader) or f"tool-{len(calls)}", (item, len(turns) - 1))
        elif kind == "tool_call_result":
            results[_get_tool_call_id(item, reader) or f"tool-{len(results)}"] = item
    return tuple(turns), tuple(_to_tool_use(key, call, position, results.get(key), reader) for key, (call, position) in calls.items())


def _get_span(words: list[WordTiming] | None, reader: PayloadReader) -> tuple[float | None, float | None]:
    if not words:
        return None, None
    start, end = reader.number("start", words[0].start, high=86_400), reader.number("end", words[-1].end, high=86_400)
    return start, end


def _get_tool_call_id(item: RetellTranscriptItem, reader: PayloadReader) -> str | None:
    return reader.line("tool_call_id", item.tool_call_id, 128)


def _to_tool_use(
    key: str, call: RetellTranscriptItem, position: int, result_item: RetellTranscriptItem | None, reader: PayloadReader
) -> TranscriptToolCall:
    arguments = _parse_json(call.arguments)
    result = reader.json("result", _parse_json(result_item.content)) if result_item else None
    ok = result.get("ok") if isinstance(result, dict) else None
    return TranscriptToolCall(
        tool_call_id=key,
        name=reader.line("name", call.name, 64) or "unknown",
        position=position,
        arguments=reader.mapping("arguments", arguments) if isinstance(arguments, dict) else None,
        result=result,
        # our functions answer 200 with ok: false where the request could not be fulfilled
        successful=ok if isinstance(ok, bool) else reader.flag("successful", result_item.successful) if result_item else None,
        finished=result_item is not None,
    )


def _parse_json(value: Any) -> Any:
    """Parse JSON text; any other value is returned unchanged."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except (ValueError, RecursionError):
        return value


def _parse_lines(transcript: str) -> Iterator[TranscriptTurn]:
    """Parse `Agent: …` and `User: …` lines; a line without a speaker continues the previous one."""
    role: Role | None = None
    text = ""
    for line in transcript.splitlines():
        speaker, colon, words = line.partition(": ")
        if colon and speaker in SPEAKERS:
            if role and text:
                yield TranscriptTurn(role, text[:20_000])
            role, text = SPEAKERS[speaker], words.strip()
        elif role and line.strip():
            text = f"{text}\n{line.strip()}"
    if role and text:
        yield TranscriptTurn(role, text[:20_000])
