"""The configuration of an agent version: one document, read with defaults and validated before it is stored."""

from typing import Any, Literal

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.core.errors import InvalidInput
from app.core.phone import normalise
from app.models import Agent, AgentVersion, Branch

SCHEMA = 1
Mode = Literal["always", "after_hours", "overflow"]
ForwardWhen = Literal["never", "opening_hours", "always"]
RecordingStorage = Literal["everything", "without_personal", "basics"]
Tone = Literal["warm", "matter_of_fact", "lively"]
Disclosure = Literal["prices", "appointments", "caller_name", "staff_names"]
DISCLOSURES: tuple[Disclosure, ...] = ("prices", "appointments", "caller_name", "staff_names")
MAX_RULES = 30
# no conversation works without them, and a business may not switch off consent
ALWAYS_ALLOWED = frozenset({"get_context", "parse_date", "parse_spelling", "correct_name", "set_consent", "report_emergency"})
# the tools of an inactive agent: callers still reach a person, nothing is booked
INACTIVE_TOOLS = frozenset({"transfer_call", "take_message", "request_callback"})
# what an owner may allow or forbid, in the order of the page
TOOL_GROUPS = {
    "appointments": (
        "check_availability", "get_alternatives", "find_next_available", "hold_slot", "release_hold", "book_appointment",
        "query_appointments", "reschedule_appointment", "cancel_appointment", "join_waitlist",
    ),
    "information": ("list_services", "get_service_info", "get_opening_hours", "answer_question"),
    "callers": ("check_customer", "identify_customer"),
    "handoff": ("request_callback", "take_message", "transfer_call", "send_link"),
}  # fmt: skip
TOOL_NAMES = tuple(name for names in TOOL_GROUPS.values() for name in names)


class AgentVersionConfig(BaseModel):
    """Fields added later have defaults, so that every published version stays readable."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    schema_: Literal[1] = Field(1, alias="schema")
    # the name the agent introduces itself with
    name: str = Field("Lena", min_length=1, max_length=40)
    language: Literal["de", "en"] = "de"
    # the voice's id at the provider
    voice: str = Field("11labs-Lily", min_length=1, max_length=80, pattern=r"^[\w.:-]+$")
    # `{branch}` becomes the branch's name; empty: the default greeting
    greeting: str = Field("", max_length=400)
    tone: Tone = "warm"
    address: Literal["formal", "informal"] = "formal"
    # one sentence a rule
    rules: tuple[str, ...] = ()
    tools: frozenset[str] = frozenset(TOOL_NAMES)
    discloses: frozenset[Disclosure] = frozenset(DISCLOSURES)
    # the transfer number; None: the branch's own
    forward_number: str | None = None
    forward_when: ForwardWhen = "always"
    mode: Mode = "always"
    # contents stored by the provider; with a recording the greeting includes a question for consent
    recording: RecordingStorage = "basics"
    stored_days: int | None = Field(None, ge=1, le=730)
    longest_call_minutes: int = Field(30, ge=1, le=120)
    # the agent or its branch is inactive; never part of a stored version
    is_inactive: bool = Field(False, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _unasked_is_not_recorded(cls, values: Any) -> Any:
        """Switch recording off in old documents that state that callers are not informed of it."""
        untold = isinstance(values, dict) and values.get("recording_notice") is False
        return {**values, "recording": "basics"} if untold else values

    @field_validator("rules", mode="before")
    @classmethod
    def _one_a_line(cls, values: Any) -> Any:
        lines = values.splitlines() if isinstance(values, str) else values
        return tuple(line for each in lines if (line := " ".join(str(each).split())[:300]))[:MAX_RULES]

    @field_validator("tools", mode="after")
    @classmethod
    def _known_tools(cls, values: frozenset[str]) -> frozenset[str]:
        return values & frozenset(TOOL_NAMES)

    @field_validator("forward_number", mode="before")
    @classmethod
    def _as_e164(cls, values: Any) -> str | None:
        text = str(values or "").strip()
        if not text:
            return None
        number = normalise(text, source="human")
        if number.e164 is None:
            raise ValueError("no number")
        return number.e164

    def allows(self, tool: str) -> bool:
        return tool in ALWAYS_ALLOWED or tool in self.tools

    @property
    def asks_to_record(self) -> bool:
        return self.recording != "basics"

    def can_disclose(self, what: Disclosure) -> bool:
        return what in self.discloses

    def as_json(self) -> dict[str, Any]:
        """Serialize with sorted sets: equal configurations are equal documents."""
        document = self.model_dump(mode="json", by_alias=True)
        return document | {"tools": sorted(self.tools), "discloses": sorted(self.discloses)}


# for numbers without an agent: everything is allowed, and the greeting has no name
DEFAULT_AGENT_CONFIG = AgentVersionConfig()


def load_config(agent: Agent, version: AgentVersion | None) -> AgentVersionConfig:
    """Load the version's configuration; without a version, the agent's own columns with everything allowed."""
    if version is not None:
        return AgentVersionConfig.model_validate(version.content)
    own = {"name": agent.name[:40], "language": "en" if agent.language.startswith("en") else "de", "greeting": (agent.greeting or "")[:400]}
    return AgentVersionConfig.model_validate(own)


def get_effective_config(agent: Agent, version: AgentVersion | None, *, branch: Branch | None = None) -> AgentVersionConfig:
    """Get the configuration that applies to calls; while agent or branch is inactive it only forwards or takes messages."""
    content = load_config(agent, version)
    if agent.is_active and (branch is None or branch.is_active):
        return content
    resting = {"is_inactive": True, "tools": INACTIVE_TOOLS, "discloses": frozenset(), "mode": "always", "forward_when": "always"}
    return content.model_copy(update=resting)


def validate_config(values: dict[str, Any]) -> AgentVersionConfig:
    """Validate form values. Raises InvalidInput with one sentence per field."""
    try:
        return AgentVersionConfig.model_validate({**values, "schema": SCHEMA})
    except ValidationError as error:
        wrong = {str(each["loc"][0]): _describe_error(str(each["loc"][0]), each["type"]) for each in error.errors() if each["loc"]}
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong) from error


def _describe_error(field: str, kind: str) -> str:
    if field == "forward_number":
        return _("Das ist keine Rufnummer.")
    if field == "stored_days":
        return _("Erlaubt sind 1 bis 730 Tage, oder leer.")
    if field == "longest_call_minutes":
        return _("Erlaubt sind 1 bis 120 Minuten.")
    if kind == "string_too_short":
        return _("Diese Angabe fehlt.")
    return _("Das ist zu lang.") if kind == "string_too_long" else _("Das ist so nicht lesbar.")
