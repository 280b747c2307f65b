"""The words of a Retell call: turns and tool uses out of any of the three forms in which transcripts come."""

from collections.abc import Iterator
from typing import Any

import msgspec
import orjson

from app.providers.payload_reader import Reader, mended
from app.providers.voice.base import Role, ToolUse, Turn

ROLES: dict[str, Role] = {"agent": "agent", "user": "caller", "transfer_target": "transfer_target"}
SPEAKERS: dict[str, Role] = {"Agent": "agent", "User": "caller", "Transfer Target": "transfer_target"}

MOST_ITEMS = 5_000
NOTHING = msgspec.Raw(b"null")


class Word(msgspec.Struct, gc=False):
    start: Any = None
    end: Any = None


class Item(msgspec.Struct):
    """An entry of the transcript: an utterance, a tool's call, a tool's result, or something to skip."""

    role: Any = None
    content: Any = None
    words: list[Word] | None = None
    tool_call_id: Any = None
    name: Any = None
    arguments: Any = None
    successful: Any = None


ITEMS = msgspec.json.Decoder(list[Item])


def conversation(
    with_tools: msgspec.Raw, without_tools: msgspec.Raw, lines: Any, reader: Reader
) -> tuple[tuple[Turn, ...] | None, tuple[ToolUse, ...]]:
    """Turns and tool uses from the richest form of transcript that is there; turns is None where there is none at all.

    The three are `transcript_with_tool_calls`, `transcript_object` and `transcript`; what does not belong into them is left out.
    """
    for name, raw in (("transcript_with_tool_calls", with_tools), ("transcript_object", without_tools)):
        items = _items(name, raw, reader)
        if items:
            return _turns_and_tools(items, reader)
    if spoken := reader.text("transcript", lines, 2_000_000):
        return tuple(_spoken_lines(spoken)), ()
    return None if with_tools == without_tools == NOTHING and lines is None else (), ()


def _items(name: str, raw: msgspec.Raw, reader: Reader) -> list[Item]:
    if raw == NOTHING:
        return []
    try:
        items = ITEMS.decode(raw)
    except (ValueError, RecursionError):
        items = list(_loose_items(name, raw, reader))
    if len(items) > MOST_ITEMS:
        reader.note(f"{name} was cut")
    return items[:MOST_ITEMS]


def _loose_items(name: str, raw: msgspec.Raw, reader: Reader) -> Iterator[Item]:
    """The entries that are objects, and of their words those that are; the rest is noted and left out."""
    reader.note(f"{name} holds what does not belong there")
    try:
        entries = orjson.loads(mended(bytes(raw)))
    except (ValueError, RecursionError):
        return
    for entry in _list(entries):
        if isinstance(entry, dict):
            words = [Word(word.get("start"), word.get("end")) for word in _list(entry.get("words")) if isinstance(word, dict)]
            yield Item(words=words, **{key: entry.get(key) for key in Item.__struct_fields__ if key != "words"})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _turns_and_tools(items: list[Item], reader: Reader) -> tuple[tuple[Turn, ...], tuple[ToolUse, ...]]:
    turns: list[Turn] = []
    calls: dict[str, tuple[Item, int]] = {}
    results: dict[str, Item] = {}
    for item in items:
        kind = item.role if isinstance(item.role, str) else ""
        if role := ROLES.get(kind):
            text = reader.text("content", item.content, 20_000)
            if text:
                turns.append(Turn(role, text, *_span(item.words, reader)))
        elif kind == "tool_call_invocation":
            calls.setdefault(_tool_call_id(item, reader) or f"tool-{len(calls)}", (item, len(turns) - 1))
        elif kind == "tool_call_result":
            results[_tool_call_id(item, reader) or f"tool-{len(results)}"] = item
    return tuple(turns), tuple(_tool_use(key, call, position, results.get(key), reader) for key, (call, position) in calls.items())


def _span(words: list[Word] | None, reader: Reader) -> tuple[float | None, float | None]:
    if not words:
        return None, None
    start, end = reader.number("start", words[0].start, high=86_400), reader.number("end", words[-1].end, high=86_400)
    return start, end


def _tool_call_id(item: Item, reader: Reader) -> str | None:
    return reader.line("tool_call_id", item.tool_call_id, 128)


def _tool_use(key: str, call: Item, position: int, answer: Item | None, reader: Reader) -> ToolUse:
    arguments = _parsed(call.arguments)
    result = reader.json("result", _parsed(answer.content)) if answer else None
    told = result.get("ok") if isinstance(result, dict) else None
    return ToolUse(
        tool_call_id=key,
        name=reader.line("name", call.name, 64) or "unknown",
        position=position,
        arguments=reader.mapping("arguments", arguments) if isinstance(arguments, dict) else None,
        result=result,
        # our functions answer 200 with ok: false where the wish could not be met
        successful=told if isinstance(told, bool) else reader.flag("successful", answer.successful) if answer else None,
        finished=answer is not None,
    )


def _parsed(value: Any) -> Any:
    """JSON written as text becomes what it says; any other text stays text."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except (ValueError, RecursionError):
        return value


def _spoken_lines(transcript: str) -> Iterator[Turn]:
    """`Agent: …` and `User: …`, one line each; a line without a speaker goes on with the one before."""
    role: Role | None = None
    said = ""
    for line in transcript.splitlines():
        speaker, colon, words = line.partition(": ")
        if colon and speaker in SPEAKERS:
            if role and said:
                yield Turn(role, said[:20_000])
            role, said = SPEAKERS[speaker], words.strip()
        elif role and line.strip():
            said = f"{said}\n{line.strip()}"
    if role and said:
        yield Turn(role, said[:20_000])
