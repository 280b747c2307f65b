"""The conversation as the call page tells it: turns, and between them what the agent looked up or did."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _, ngettext

from app.models import ToolCall, Turn
from app.web.formatting import duration, milliseconds
from app.web.labels import tool_word

LONGEST_FACT = 500
MOST_FACTS = 12


def script(
    turns: Sequence[Turn], tools: Sequence[ToolCall], *, caller: str, assistant: str, running: bool, otherwise: Mapping[int, list[str]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Entries in the order of the talk: {kind: "turn", …} and {kind: "tool", …}, see dashboard/call.html."""
    behind: dict[int, list[ToolCall]] = defaultdict(list)
    for tool in tools:
        behind[min(tool.after_turn, turns[-1].position if turns else -1)].append(tool)
    names = {"agent": assistant, "caller": caller, "transfer_target": _("Durchgestellt an")}
    entries = [_tool(tool, running) for tool in behind[-1]]
    for turn in turns:
        at = duration(turn.start_s) if turn.start_s is not None else ""
        who, is_lena = names.get(turn.role, turn.role), turn.role == "agent"
        so = otherwise.get(turn.position, ())
        entries.append({"kind": "turn", "who": who, "lena": is_lena, "at": at, "text": turn.text, "otherwise": so})
        entries += [_tool(tool, running) for tool in behind[turn.position]]
    return entries


def _tool(tool: ToolCall, running: bool) -> dict[str, Any]:
    word = tool_word(tool.name)
    failed = tool.ok is False
    if failed:
        title = _("Nicht gelungen: %(what)s", what=word.done)
    elif tool.finished_at is None and running:
        title = f"{word.running} …"
    else:
        title = str(word.done)
    if (found := _found(tool.result)) is not None and not failed:
        title = ngettext("%(title)s: %(num)s gefunden", "%(title)s: %(num)s gefunden", found, title=title)
    took = milliseconds(tool.duration_ms)
    return {"kind": "tool", "title": title, "icon": word.icon, "took": took, "failed": failed, "facts": _facts(tool)}


def _found(result: Any) -> int | None:
    """How many slots or bookings an answer holds."""
    data = result.get("data", result) if isinstance(result, dict) else None
    lists = [data[key] for key in ("slots", "bookings", "services") if isinstance(data.get(key), list)] if isinstance(data, dict) else []
    return len(lists[0]) if lists else None


def _facts(tool: ToolCall) -> list[tuple[str, str]]:
    """What was asked, and what the agent was told to say."""
    names = {
        "service": _("Leistung"), "staff": _("Bei"), "branch": _("Filiale"), "date": _("Datum"), "time": _("Uhrzeit"),
        "date_from": _("Von"), "date_to": _("Bis"), "part_of_day": _("Tageszeit"), "name": _("Name"), "phone": _("Telefon"),
        "email": _("E-Mail"), "text": _("Wortlaut"), "question": _("Frage"), "reason": _("Grund"), "notes": _("Notiz"),
        "new_date": _("Neues Datum"), "new_time": _("Neue Uhrzeit"), "when": _("Wann"), "say": _("Antwort"), "code": _("Kennwort"),
    }  # fmt: skip
    asked = tool.arguments if isinstance(tool.arguments, dict) else {}
    told = tool.result if isinstance(tool.result, dict) else {"say": tool.result} if isinstance(tool.result, str) else {}
    facts = [(names.get(key, str(key)), _plain(value)) for key, value in asked.items() if key not in ("call", "execution_message")]
    if told.get("say"):
        facts.append((names["say"], _plain(told["say"])))
    return [(name, value) for name, value in facts if value][:MOST_FACTS]


def _plain(value: Any) -> str:
    """One line of what may be anything."""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, list):
        return ", ".join(_plain(entry) for entry in value[:MOST_FACTS])[:LONGEST_FACT]
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(entry)}" for key, entry in list(value.items())[:MOST_FACTS])[:LONGEST_FACT]
    return "" if value is None else str(value)[:LONGEST_FACT]
