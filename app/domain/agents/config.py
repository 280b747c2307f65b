"""What a version of an agent says of her: one document in plain terms, read with defaults and checked before it is kept."""

from typing import Any, Literal

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.core.errors import InvalidInput
from app.core.phone import normalise
from app.models import Agent, AgentVersion, Branch

SCHEMA = 1
Mode = Literal["always", "after_hours", "overflow"]
Transfer = Literal["never", "opening_hours", "always"]
Storage = Literal["everything", "without_personal", "basics"]
Tone = Literal["warm", "matter_of_fact", "lively"]
Disclosure = Literal["prices", "appointments", "caller_name", "staff_names"]
DISCLOSURES: tuple[Disclosure, ...] = ("prices", "appointments", "caller_name", "staff_names")
MOST_RULES = 30
# a conversation cannot begin without them, and no business may refuse to hear a no
ALWAYS_ALLOWED = frozenset({"get_context", "parse_date", "set_consent", "report_emergency"})
# what is left of an agent who is switched off: no caller is lost, and nothing is promised
RESTING = frozenset({"transfer_call", "take_message", "request_callback"})
TOOL_NAMES = (
    "check_availability", "get_alternatives", "find_next_available", "hold_slot", "release_hold", "book_appointment", "query_appointments",
    "cancel_appointment", "reschedule_appointment", "join_waitlist", "check_customer", "identify_customer", "list_services",
    "get_service_info", "get_opening_hours", "answer_question", "request_callback", "take_message", "transfer_call", "send_link",
)  # fmt: skip


class Content(BaseModel):
    """A field that is added later gets a default here, so that every version that was ever published can still be read."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    schema_: Literal[1] = Field(1, alias="schema")
    # what she calls herself
    name: str = Field("Lena", min_length=1, max_length=40)
    language: Literal["de", "en"] = "de"
    # the voice's id at the provider
    voice: str = Field("11labs-Lily", min_length=1, max_length=80, pattern=r"^[\w.:-]+$")
    # `{branch}` becomes the branch's name; empty: company and a good day
    greeting: str = Field("", max_length=400)
    tone: Tone = "warm"
    address: Literal["formal", "informal"] = "formal"
    # one sentence a rule, as one would tell a new colleague
    rules: tuple[str, ...] = ()
    tools: frozenset[str] = frozenset(TOOL_NAMES)
    discloses: frozenset[Disclosure] = frozenset(DISCLOSURES)
    # who takes over; None: the branch's own number
    forward_to: str | None = None
    forward_when: Transfer = "always"
    mode: Mode = "always"
    # what stays at the provider; whoever lets a recording stay there asks for it (see greeting)
    recording: Storage = "basics"
    stored_days: int | None = Field(None, ge=1, le=730)
    longest_call_minutes: int = Field(30, ge=1, le=120)
    # she, or her branch, is switched off: never part of a version
    rests: bool = Field(False, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _unasked_is_not_recorded(cls, given: Any) -> Any:
        """Documents of before once held whether callers were told of a recording: where they were not, there is none."""
        untold = isinstance(given, dict) and given.get("recording_notice") is False
        return {**given, "recording": "basics"} if untold else given

    @field_validator("rules", mode="before")
    @classmethod
    def _one_a_line(cls, given: Any) -> Any:
        lines = given.splitlines() if isinstance(given, str) else given
        return tuple(line for each in lines if (line := " ".join(str(each).split())[:300]))[:MOST_RULES]

    @field_validator("tools", mode="after")
    @classmethod
    def _known_tools(cls, given: frozenset[str]) -> frozenset[str]:
        return given & frozenset(TOOL_NAMES)

    @field_validator("forward_to", mode="before")
    @classmethod
    def _as_e164(cls, given: Any) -> str | None:
        text = str(given or "").strip()
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

    def tells(self, what: Disclosure) -> bool:
        return what in self.discloses

    def as_json(self) -> dict[str, Any]:
        """Sets in order, so that the same content is the same document."""
        document = self.model_dump(mode="json", by_alias=True)
        return document | {"tools": sorted(self.tools), "discloses": sorted(self.discloses)}


# of a number that no agent of ours is known to answer: everything is allowed, and no name is said
NOBODY = Content()


def read_content(agent: Agent, version: AgentVersion | None) -> Content:
    """The version's content; an agent that has none yet is as her own row says, with everything allowed."""
    if version is not None:
        return Content.model_validate(version.content)
    own = {"name": agent.name[:40], "language": "en" if agent.language.startswith("en") else "de", "greeting": (agent.greeting or "")[:400]}
    return Content.model_validate(own)


def content_in_force(agent: Agent, version: AgentVersion | None, *, branch: Branch | None = None) -> Content:
    """What callers meet: while she or the branch is switched off she only puts through, or writes down what is wanted."""
    content = read_content(agent, version)
    if agent.is_active and (branch is None or branch.is_active):
        return content
    resting = {"rests": True, "tools": RESTING, "discloses": frozenset(), "mode": "always", "forward_when": "always"}
    return content.model_copy(update=resting)


def checked(given: dict[str, Any]) -> Content:
    """What somebody filled in. Raises InvalidInput with one sentence per field."""
    try:
        return Content.model_validate({**given, "schema": SCHEMA})
    except ValidationError as error:
        wrong = {str(each["loc"][0]): _sentence(str(each["loc"][0]), each["type"]) for each in error.errors() if each["loc"]}
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong) from error


def _sentence(field: str, kind: str) -> str:
    if field == "forward_to":
        return _("Das ist keine Rufnummer.")
    if field == "stored_days":
        return _("Erlaubt sind 1 bis 730 Tage, oder leer.")
    if field == "longest_call_minutes":
        return _("Erlaubt sind 1 bis 120 Minuten.")
    if kind == "string_too_short":
        return _("Diese Angabe fehlt.")
    return _("Das ist zu lang.") if kind == "string_too_long" else _("Das ist so nicht lesbar.")
