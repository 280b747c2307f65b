"""The conversation as the call page tells it: turns, and between them what the agent looked up or did."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _, ngettext

from app.models import ToolCall, Turn
from app.web.formatting import duration, milliseconds
from app.web.labels import get_tool_label

MAX_FACT_LENGTH = 500
MAX_FACTS = 12


def build_transcript(
    turns: Sequence[Turn], tools: Sequence[ToolCall], *, caller: str, assistant: str, running: bool, otherwise: Mapping[int, list[str]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Entries in the order of the talk: {kind: "turn", …} and {kind: "tool", …}, see dashboard/call.html."""
    behind: dict[int, list[ToolCall]] = defaultdict(list)
    for tool in tools:
        behind[min(tool.after_turn, turns[-1].position if turns else -1)].append(tool)
    names = {"agent": assistant, "caller": caller, "transfer_target": _("Durchgestellt an")}
    entries = [_build_tool(tool, running) for tool in behind[-1]]
    for turn in turns:
        at = duration(turn.start_s) if turn.start_s is not None else ""
        who, is_agent = names.get(turn.role, turn.role), turn.role == "agent"
        so = otherwise.get(turn.position, ())
        entries.append({"kind": "turn", "who": who, "is_agent": is_agent, "at": at, "text": turn.text, "otherwise": so})
        entries += [_build_tool(tool, running) for tool in behind[turn.position]]
    return entries


def _build_tool(tool: ToolCall, running: bool) -> dict[str, Any]:
    word = get_tool_label(tool.name)
    failed = tool.ok is False
    if failed:
        title = _("Nicht gelungen: %(what)s", what=word.done)
    elif tool.finished_at is None and running:
        title = f"{word.running} …"
    else:
        title = str(word.done)
    if (found := _count_results(tool.result)) is not None and not failed:
        title = ngettext("%(title)s: %(num)s gefunden", "%(title)s: %(num)s gefunden", found, title=title)
    took = milliseconds(tool.duration_ms)
    return {"kind": "tool", "title": title, "icon": word.icon, "took": took, "failed": failed, "facts": _list_facts(tool)}


def _count_results(result: Any) -> int | None:
    """How many slots or bookings an answer holds."""
    data = result.get("data", result) if isinstance(result, dict) else None
    lists = [data[key] for key in ("slots", "bookings", "services") if isinstance(data.get(key), list)] if isinstance(data, dict) else []
    return len(lists[0]) if lists else None


def _list_facts(tool: ToolCall) -> list[tuple[str, str]]:
    """What was asked, and what the agent was told to say."""
    names = {
        "service": _("Leistung"), "staff": _("Bei"), "branch": _("Filiale"), "date": _("Datum"), "time": _("Uhrzeit"),
        "date_from": _("Von"), "date_to": _("Bis"), "part_of_day": _("Tageszeit"), "name": _("Name"), "phone": _("Telefon"),
        "email": _("E-Mail"), "text": _("Wortlaut"), "question": _("Frage"), "reason": _("Grund"), "notes": _("Notiz"),
        "new_date": _("Neues Datum"), "new_time": _("Neue Uhrzeit"), "when": _("Wann"), "say": _("Antwort"), "code": _("Kennwort"),
    }  # fmt: skip
    asked = tool.arguments if isinstance(tool.arguments, dict) else {}
    told = tool.result if isinstance(tool.result, dict) else {"say": tool.result} if isinstance(tool.result, str) else {}
    facts = [(names.get(key, str(key)), _format_value(value)) for key, value in asked.items() if key not in ("call", "execution_message")]
    if told.get("say"):
        facts.append((names["say"], _format_value(told["say"])))
    return [(name, value) for name, value in facts if value][:MAX_FACTS]


def _format_value(value: Any) -> str:
    """One line of what may be anything."""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, list):
        return ", ".join(_format_value(entry) for entry in value[:MAX_FACTS])[:MAX_FACT_LENGTH]
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_format_value(entry)}" for key, entry in list(value.items())[:MAX_FACTS])[:MAX_FACT_LENGTH]
    return "" if value is None else str(value)[:MAX_FACT_LENGTH]
