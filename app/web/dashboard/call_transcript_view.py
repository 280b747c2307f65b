"""The transcript on the call page: turns and tool calls in the order of the conversation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _, ngettext

from app.domain.agents.tools.emergency_override import CODE as EMERGENCY_CODE, REPORT_FUNCTION
from app.models import ToolCall, Turn
from app.web.formatting import duration, milliseconds
from app.web.tool_labels import get_tool_label

MAX_FACT_LENGTH = 500
MAX_FACTS = 12


def build_transcript(
    turns: Sequence[Turn], tools: Sequence[ToolCall], *, caller: str, assistant: str, running: bool, otherwise: Mapping[int, list[str]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Build the entries in order: {kind: "turn", …} and {kind: "tool", …}, see dashboard/call.html."""
    tools_by_turn: dict[int, list[ToolCall]] = defaultdict(list)
    for tool in tools:
        tools_by_turn[min(tool.after_turn, turns[-1].position if turns else -1)].append(tool)
    names = {"agent": assistant, "caller": caller, "transfer_target": _("Durchgestellt an")}
    entries = [_build_tool(tool, running) for tool in tools_by_turn[-1]]
    for turn in turns:
        at = duration(turn.start_s) if turn.start_s is not None else ""
        speaker, is_agent = names.get(turn.role, turn.role), turn.role == "agent"
        corrections = otherwise.get(turn.position, ())
        entries.append({"kind": "turn", "who": speaker, "is_agent": is_agent, "at": at, "text": turn.text, "otherwise": corrections})
        entries += [_build_tool(tool, running) for tool in tools_by_turn[turn.position]]
    return entries


def is_emergency_answer(tool: ToolCall) -> bool:
    """Check whether an emergency was answered in place of the tool, which is no failure."""
    return isinstance(tool.result, dict) and tool.result.get("code") == EMERGENCY_CODE


def _build_tool(tool: ToolCall, running: bool) -> dict[str, Any]:
    in_emergency = is_emergency_answer(tool)
    label = get_tool_label(REPORT_FUNCTION if in_emergency else tool.name)
    failed = tool.ok is False and not in_emergency
    if failed:
        title = _("Nicht gelungen: %(what)s", what=label.done)
    elif tool.finished_at is None and running:
        title = f"{label.running} …"
    else:
        title = str(label.done)
    if (count := _count_results(tool.result)) is not None and not failed:
        title = ngettext("%(title)s: %(num)s gefunden", "%(title)s: %(num)s gefunden", count, title=title)
    took = milliseconds(tool.duration_ms)
    return {"kind": "tool", "title": title, "icon": label.icon, "took": took, "failed": failed, "facts": _list_facts(tool)}


def _count_results(result: Any) -> int | None:
    """Count the slots, bookings or services of a tool's result; None without such a list."""
    data = result.get("data", result) if isinstance(result, dict) else None
    lists = [data[key] for key in ("slots", "bookings", "services") if isinstance(data.get(key), list)] if isinstance(data, dict) else []
    return len(lists[0]) if lists else None


def _list_facts(tool: ToolCall) -> list[tuple[str, str]]:
    """List the arguments of a tool and the sentence of its result, as (name, value)."""
    names = {
        "service": _("Leistung"), "staff": _("Bei"), "branch": _("Filiale"), "date": _("Datum"), "time": _("Uhrzeit"),
        "date_from": _("Von"), "date_to": _("Bis"), "part_of_day": _("Tageszeit"), "name": _("Name"), "phone": _("Telefon"),
        "email": _("E-Mail"), "text": _("Wortlaut"), "question": _("Frage"), "reason": _("Grund"), "notes": _("Notiz"),
        "new_date": _("Neues Datum"), "new_time": _("Neue Uhrzeit"), "when": _("Wann"), "say": _("Antwort"), "code": _("Kennwort"),
    }  # fmt: skip
    arguments = tool.arguments if isinstance(tool.arguments, dict) else {}
    result = tool.result if isinstance(tool.result, dict) else {"say": tool.result} if isinstance(tool.result, str) else {}
    facts = [
        (names.get(key, str(key)), _format_value(value)) for key, value in arguments.items() if key not in ("call", "execution_message")
    ]
    if result.get("say"):
        facts.append((names["say"], _format_value(result["say"])))
    return [(name, value) for name, value in facts if value][:MAX_FACTS]


def _format_value(value: Any) -> str:
    """Format any JSON value on one line."""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, list):
        return ", ".join(_format_value(entry) for entry in value[:MAX_FACTS])[:MAX_FACT_LENGTH]
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_format_value(entry)}" for key, entry in list(value.items())[:MAX_FACTS])[:MAX_FACT_LENGTH]
    return "" if value is None else str(value)[:MAX_FACT_LENGTH]
