"""The registry of tools: names, arguments and how they are run."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from flask_babel import force_locale, gettext as _
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from app.core.errors import AppError
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.result import ToolResult, reject

MAX_VALUE_LENGTH = 500
ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
# what models write for unknown values
EMPTY_VALUES = frozenset({"", "null", "none", "undefined", "unknown", "unbekannt", "n/a", "nan", "-", "nil", "k.a.", "keine angabe"})


# argument names used by models and older agents
ARGUMENT_ALIASES = {
    "start": "date", "starts_at": "date", "datetime": "date", "datum": "date", "start_time": "time", "uhrzeit": "time", "zeit": "time",
    "leistung": "service", "service_name": "service", "mitarbeiter": "staff", "staff_name": "staff", "employee": "staff",
    "filiale": "branch", "customer_name": "name", "kundenname": "name", "telefon": "phone", "phone_number": "phone",
    "customer_phone": "phone", "appointment_id": "booking_id", "grund": "reason", "message": "text", "frage": "question",
}  # fmt: skip


class ToolArgs(BaseModel):
    """Every argument is text or None: models mix up types and invent fields."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _resolve_aliases(cls, args: Any) -> Any:
        if not isinstance(args, dict):
            return {}
        others = {ours: args[name] for name, ours in ARGUMENT_ALIASES.items() if name in args and ours in cls.model_fields}
        return others | {name: value for name, value in args.items() if name not in others or _to_text(value)}

    @field_validator("*", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str | None:
        return _to_text(value)

    def list_missing(self, *names: str) -> list[str]:
        return [name for name in names if getattr(self, name) is None]


A = TypeVar("A", bound=ToolArgs)


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """A callable tool; with `has_effect` it changes data, so a repeated call gets the stored result."""

    name: str
    description: str
    arguments: type[A]
    function: Callable[[ToolContext, A], ToolResult]
    has_effect: bool = False
    # discloses nothing personal: days in its result still verify a caller
    is_general: bool = False

    def definition(self) -> dict[str, Any]:
        """Name, description and parameters (JSON Schema) as voice providers want them."""
        fields = {name: {"type": "string", "description": field.description or name} for name, field in self.arguments.model_fields.items()}
        return {"name": self.name, "description": self.description, "parameters": {"type": "object", "properties": fields}}


TOOLS: dict[str, Tool[Any]] = {}


def tool(
    name: str, arguments: type[A] = ToolArgs, *, has_effect: bool = False, is_general: bool = False  # type: ignore[assignment]
) -> Callable[[Callable[[ToolContext, A], ToolResult]], Callable[[ToolContext, A], ToolResult]]:  # fmt: skip
    """Register a function as a tool; the first paragraph of its docstring is what the model reads."""

    def register(function: Callable[[ToolContext, A], ToolResult]) -> Callable[[ToolContext, A], ToolResult]:
        TOOLS[name] = Tool(name, (function.__doc__ or "").strip().split("\n\n")[0], arguments, function, has_effect, is_general)
        return function

    return register


def list_tools() -> list[Tool[Any]]:
    """List all tools by name."""
    return [TOOLS[name] for name in sorted(TOOLS)]


def find_tool(name: str) -> Tool[Any] | None:
    return TOOLS.get(name)


def run_tool(name: str, args: dict[str, Any], context: ToolContext) -> ToolResult:
    """Run a tool in the call's language; an AppError becomes a rejected result.

    Only unexpected errors are raised. Must run inside a transaction.
    """
    with force_locale(context.language):
        found = find_tool(name)
        if found is None:
            return reject("unknown_function", _("Das kann ich leider nicht selbst erledigen. Soll ich einen Rückruf notieren?"))
        if not context.config.allows(name) and not (name == "transfer_call" and context.call.emergency):
            return reject("not_allowed", _("Das darf ich hier leider nicht für Sie tun. Soll ich einen Rückruf notieren?"))
        try:
            answer = found.function(context, found.arguments.model_validate(args))
        except AppError as error:
            answer = reject(error.code, error.message or say_trouble(), **_to_json_data(error.details()))
        return answer if found.is_general else replace(answer, disclosed_days=_find_disclosed_days(answer, context))


def _find_disclosed_days(answer: ToolResult, context: ToolContext) -> frozenset[date]:
    """Find every day disclosed by the data or the sentence; runs for each tool."""
    in_data = set()
    for year, month, day in ISO_DAY.findall(json.dumps(answer.data, default=str)):
        with suppress(ValueError):
            in_data.add(date(int(year), int(month), int(day)))
    return frozenset(in_data - context.named_days | context.disclosed_days)


def say_trouble() -> str:
    return _("Das kann ich gerade nicht nachsehen. Soll ich einen Rückruf notieren?")


def _to_text(value: Any) -> str | None:
    """Convert a value to text; None where the model knew nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = " ".join(str(value).split())[:MAX_VALUE_LENGTH]
    return None if text.casefold() in EMPTY_VALUES else text


def _to_json_data(data: dict[str, object]) -> dict[str, Any]:
    """Convert an error's details to JSON data."""
    return json.loads(json.dumps(data, default=str))
