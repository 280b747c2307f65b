"""The registry of tools: names, arguments and how they are run."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Generic, Self, TypeVar

from flask_babel import force_locale, gettext as _
from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, ValidationInfo, field_validator, model_validator

from app.core.errors import AppError
from app.domain.agents.tools.context import ToolContext, ToolResult, reject
from app.domain.customers.contacts import MAX_NAME_LENGTH
from app.domain.language.indifference import is_indifferent, is_refusal
from app.domain.language.introductions import strip_introduction
from app.domain.language.name_remarks import find_name_remark, names_relative, put_given_name_first, strip_remarks
from app.domain.language.normalization import MAX_TEXT_LENGTH
from app.domain.language.placeholders import FIELD_KINDS, Kind, is_placeholder
from app.domain.language.spelling import read_name

# what is longer is refused, never cut; names as records take them, texts as the API does, and times as they are read
MAX_LENGTH = 500
MAX_SPELLED_LENGTH = 1000
TIME_ARGUMENTS = ("date", "time", "date_from", "date_to", "new_date", "new_time", "when", "booking_date")
MAX_LENGTHS = {"name": MAX_NAME_LENGTH, "text": 2000, "notes": 2000, "reason": 2000} | dict.fromkeys(TIME_ARGUMENTS, MAX_TEXT_LENGTH)
# answers that ask for something
QUESTION_CODES = frozenset({"missing", "ambiguous"})
ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
# argument names used by models and older agents
ARGUMENT_ALIASES = {
    "start": "date", "starts_at": "date", "datetime": "date", "datum": "date", "start_time": "time", "uhrzeit": "time", "zeit": "time",
    "leistung": "service", "service_name": "service", "mitarbeiter": "staff", "staff_name": "staff", "employee": "staff",
    "filiale": "branch", "customer_name": "name", "kundenname": "name", "telefon": "phone", "phone_number": "phone",
    "customer_phone": "phone", "appointment_id": "booking_id", "grund": "reason", "message": "text", "frage": "question",
}  # fmt: skip


class ToolArgs(BaseModel):
    """Every argument is text or None, where nothing was said: models mix up types, invent fields and fill in placeholders."""

    model_config = ConfigDict(extra="ignore")
    # arguments that answer a question: models say true for yes
    answers: ClassVar[frozenset[str]] = frozenset()
    # whether "no" is an answer here, and not the absence of a wish
    reads_answers: ClassVar[bool] = False
    # arguments in which "egal" takes back an earlier wish, and is not the same as nothing
    keeps_indifference: ClassVar[frozenset[str]] = frozenset()
    max_lengths: ClassVar[Mapping[str, int]] = MAX_LENGTHS
    # what was said beside the name: "mein Sohn, vier Jahre"
    _name_remark: str = PrivateAttr("")

    @model_validator(mode="wrap")
    @classmethod
    def _keep_name_remark(cls, args: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        read = handler(args)
        read._name_remark = find_name_remark(_to_text(cls._resolve_aliases(args).get("name")) or "", getattr(read, "name", None))
        return read

    @model_validator(mode="before")
    @classmethod
    def _resolve_aliases(cls, args: Any) -> Any:
        if not isinstance(args, dict):
            return {}
        args = args | {name: "yes" for name in cls.answers if args.get(name) is True}
        others = {ours: args[name] for name, ours in ARGUMENT_ALIASES.items() if name in args and ours in cls.model_fields}
        return others | {name: value for name, value in args.items() if name not in others or _to_text(value)}

    @field_validator("*", mode="before")
    @classmethod
    def _as_text(cls, value: Any, info: ValidationInfo) -> str | None:
        text = _to_text(value, FIELD_KINDS.get(info.field_name or "", "text"))
        if text and info.field_name == "name":
            text = put_given_name_first(strip_remarks(strip_introduction(text))) or None
        if text is None or (is_refusal(text) and not cls.reads_answers):
            return None
        return None if is_indifferent(text) and info.field_name not in cls.keeps_indifference else text

    @property
    def person_remarks(self) -> tuple[str, ...]:
        """What is told about the person it is for, beside the words for the service."""
        return tuple(filter(None, (self._name_remark, getattr(self, "notes", None))))

    @property
    def is_for_other(self) -> bool:
        """Check whether it is for somebody else than the caller: "mein Sohn", "für meine Mutter"."""
        return names_relative(self._name_remark) or names_relative(getattr(self, "service", None) or "")

    def list_too_long(self) -> list[str]:
        """List the arguments that are too long to be kept whole."""
        return [name for name, value in self if value and _get_length(name, value) > self.max_lengths.get(name, MAX_LENGTH)]


def _get_length(field: str, text: str) -> int:
    """Get the length of what is kept: of a name that is spelled its letters only."""
    reading = read_name(text) if field == "name" else None
    return len(reading.text or "") if reading and reading.is_spelled and len(text) <= MAX_SPELLED_LENGTH else len(text)


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
    # harms nobody who is in need: done as well where an emergency is answered
    runs_in_emergency: bool = False
    # makes, keeps or moves an appointment
    sets_a_time: bool = False

    def definition(self) -> dict[str, Any]:
        """Name, description and parameters (JSON Schema) as voice providers want them."""
        fields = {name: {"type": "string", "description": field.description or name} for name, field in self.arguments.model_fields.items()}
        return {"name": self.name, "description": self.description, "parameters": {"type": "object", "properties": fields}}


TOOLS: dict[str, Tool[Any]] = {}


def tool(
    name: str,
    arguments: type[A] = ToolArgs,  # type: ignore[assignment]
    *,
    has_effect: bool = False,
    is_general: bool = False,
    runs_in_emergency: bool = False,
    sets_a_time: bool = False,
) -> Callable[[Callable[[ToolContext, A], ToolResult]], Callable[[ToolContext, A], ToolResult]]:
    """Register a function as a tool; the first paragraph of its docstring is what the model reads."""

    def register(function: Callable[[ToolContext, A], ToolResult]) -> Callable[[ToolContext, A], ToolResult]:
        description = (function.__doc__ or "").strip().split("\n\n")[0]
        TOOLS[name] = Tool(name, description, arguments, function, has_effect, is_general, runs_in_emergency, sets_a_time)
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
        entry = find_tool(name)
        if entry is None:
            return reject("unknown_function", _("Das kann ich leider nicht selbst erledigen. Soll ich einen Rückruf notieren?"))
        if not context.config.allows(name) and not (name == "transfer_call" and context.call.emergency):
            return reject("not_allowed", _("Das darf ich hier leider nicht für Sie tun. Soll ich einen Rückruf notieren?"))
        arguments = entry.arguments.model_validate(args)
        if too_long := arguments.list_too_long():
            longest = {name: arguments.max_lengths.get(name, MAX_LENGTH) for name in too_long}
            return reject("too_long", _("Das ist zu lang, um es ganz festzuhalten. Können Sie es bitte kürzer sagen?"), max_lengths=longest)
        context.person_remarks = arguments.person_remarks
        try:
            answer = entry.function(context, arguments)
        except AppError as error:
            answer = reject(error.code, error.message or say_trouble(), **_to_json_data(error.details()))
        answer = _lead_on(context, name, args, answer)
        return answer if entry.is_general else replace(answer, disclosed_days=_find_disclosed_days(answer, context))


def _lead_on(context: ToolContext, name: str, args: dict[str, Any], answer: ToolResult) -> ToolResult:
    """Offer a way out beside a question that the same request was answered with before, and that alone from the third time on."""
    if answer.ok or answer.code not in QUESTION_CODES or not context.config.allows("request_callback"):
        return answer
    asked = sum(
        (use.name, use.arguments) == (name, args) and isinstance(use.result, dict) and use.result.get("code") == answer.code
        for use in context.earlier_uses
    )
    if not asked:
        return answer
    if asked == 1:
        return replace(answer, say=_("%(question)s Sonst notiere ich Ihnen gern einen Rückruf.", question=answer.say))
    return replace(answer, say=_("Das kläre ich am Telefon wohl nicht. Soll ich Ihnen einen Rückruf notieren?"))


def _find_disclosed_days(answer: ToolResult, context: ToolContext) -> frozenset[date]:
    """Find every day disclosed by the data or the sentence; runs for each tool."""
    in_data = set()
    for year, month, day in ISO_DAY.findall(json.dumps(answer.data, default=str)):
        with suppress(ValueError):
            in_data.add(date(int(year), int(month), int(day)))
    return frozenset(in_data - context.named_days | context.disclosed_days)


def say_trouble() -> str:
    return _("Das kann ich gerade nicht nachsehen. Soll ich einen Rückruf notieren?")


def _to_text(value: Any, kind: Kind = "text") -> str | None:
    """Convert a value, or several, to text; None where the model knew nothing and wrote a placeholder."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_to_text(each, kind) for each in value))) or None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = " ".join(str(value).split())
    return None if is_placeholder(text, kind) else text


def _to_json_data(data: dict[str, object]) -> dict[str, Any]:
    """Convert an error's details to JSON data."""
    return json.loads(json.dumps(data, default=str))
