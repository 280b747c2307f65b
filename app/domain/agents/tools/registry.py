"""The functions that the agent may call: their names, what they take, and the one way in which they are run."""

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
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.result import Answer, refused

LONGEST_VALUE = 500
ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
# what models write where they know nothing
NOTHING = frozenset({"", "null", "none", "undefined", "unknown", "unbekannt", "n/a", "nan", "-", "nil", "k.a.", "keine angabe"})


# what models and older agents call our arguments
OTHER_NAMES = {
    "start": "date", "starts_at": "date", "datetime": "date", "datum": "date", "start_time": "time", "uhrzeit": "time", "zeit": "time",
    "leistung": "service", "service_name": "service", "mitarbeiter": "staff", "staff_name": "staff", "employee": "staff",
    "filiale": "branch", "customer_name": "name", "kundenname": "name", "telefon": "phone", "phone_number": "phone",
    "customer_phone": "phone", "appointment_id": "booking_id", "grund": "reason", "message": "text", "frage": "question",
}  # fmt: skip


class Arguments(BaseModel):
    """Every argument is text or missing: models send numbers as text and text as numbers, and invent fields."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _under_our_names(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return {}
        others = {ours: given[name] for name, ours in OTHER_NAMES.items() if name in given and ours in cls.model_fields}
        return others | {name: value for name, value in given.items() if name not in others or _said(value)}

    @field_validator("*", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str | None:
        return _said(value)

    def missing(self, *names: str) -> list[str]:
        return [name for name in names if getattr(self, name) is None]


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """`effect` says whether it changes anything: only then the same again is not simply done again."""

    name: str
    about: str
    arguments: type[A]
    function: Callable[[Situation, A], Answer]
    effect: bool = False
    # concerns nobody's appointments: what it says of days may be said back by anybody
    general: bool = False

    def definition(self) -> dict[str, Any]:
        """Name, description and parameters (JSON Schema) as voice providers want them."""
        fields = {name: {"type": "string", "description": field.description or name} for name, field in self.arguments.model_fields.items()}
        return {"name": self.name, "description": self.about, "parameters": {"type": "object", "properties": fields}}


TOOLS: dict[str, Tool[Any]] = {}


def tool(
    name: str, arguments: type[A] = Arguments, *, effect: bool = False, general: bool = False  # type: ignore[assignment]
) -> Callable[[Callable[[Situation, A], Answer]], Callable[[Situation, A], Answer]]:  # fmt: skip
    """Makes a function one of the agent's; the first sentence of its docstring is what the model reads."""

    def register(function: Callable[[Situation, A], Answer]) -> Callable[[Situation, A], Answer]:
        TOOLS[name] = Tool(name, (function.__doc__ or "").strip().split("\n\n")[0], arguments, function, effect, general)
        return function

    return register


def all_tools() -> list[Tool[Any]]:
    """Every function there is, in the order of their names."""
    return [TOOLS[name] for name in sorted(TOOLS)]


def find_tool(name: str) -> Tool[Any] | None:
    return TOOLS.get(name)


def use(name: str, given: dict[str, Any], situation: Situation) -> Answer:
    """Runs a function and answers in the call's language; what it may not or cannot do is an answer too, never an error.

    Only faults of ours come out as exceptions. To be called inside a transaction.
    """
    with force_locale(situation.language):
        found = find_tool(name)
        if found is None:
            return refused("unknown_function", _("Das kann ich leider nicht selbst erledigen. Soll ich einen Rückruf notieren?"))
        if not situation.content.allows(name) and not (name == "transfer_call" and situation.call.emergency):
            return refused("not_allowed", _("Das darf ich hier leider nicht für Sie tun. Soll ich einen Rückruf notieren?"))
        try:
            answer = found.function(situation, found.arguments.model_validate(given))
        except AppError as error:
            answer = refused(error.code, error.message or trouble(), **_plain(error.details()))
        return answer if found.general else replace(answer, told_days=_told_days(answer, situation))


def _told_days(answer: Answer, situation: Situation) -> frozenset[date]:
    """Every day in the data or of a booking in the sentence: each function goes through here, so that none can forget it."""
    in_data = set()
    for year, month, day in ISO_DAY.findall(json.dumps(answer.data, default=str)):
        with suppress(ValueError):
            in_data.add(date(int(year), int(month), int(day)))
    return frozenset(in_data - situation.named_days | situation.told_days)


def trouble() -> str:
    return _("Das kann ich gerade nicht nachsehen. Soll ich einen Rückruf notieren?")


def _said(value: Any) -> str | None:
    """The text of a value, or None where the model knew nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = " ".join(str(value).split())[:LONGEST_VALUE]
    return None if text.casefold() in NOTHING else text


def _plain(data: dict[str, object]) -> dict[str, Any]:
    """What an error brings along, as far as JSON can carry it."""
    return json.loads(json.dumps(data, default=str))
