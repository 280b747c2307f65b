"""The context of a tool call (company, branch, agent, caller, language, time) and its result."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.config_schema import DEFAULT_AGENT_CONFIG, AgentVersionConfig, get_effective_config
from app.domain.bookings.history import Actor
from app.domain.customers.caller_assurance import IdentifiedCaller, VerificationMethod, identify_caller, record_verification
from app.domain.language.parsed_time import Language, TimeExpression
from app.models import Agent, AgentVersion, Branch, BranchService, Call, Company, Customer, ToolCall

LANGUAGES: tuple[Language, ...] = ("de", "en")
# built once: constructing the statement costs more than executing it
CALL_RECORDS = (
    select(Company, Branch, Agent, AgentVersion)
    .join(Branch, Branch.company_id == Company.id)
    .outerjoin(Agent, and_(Agent.company_id == Company.id, Agent.id == bindparam("agent")))
    .outerjoin(
        AgentVersion,
        and_(AgentVersion.company_id == Company.id, AgentVersion.agent_id == Agent.id, AgentVersion.status == "published"),
    )
    .where(Company.id == bindparam("company"), Branch.id == bindparam("branch"))
)


@dataclass
class ToolContext:
    """Everything is read from the call's row, nothing from the model's arguments."""

    call: Call
    # the language detected in the caller's words
    spoken_language: Language | None = None
    # what little was said, and the arguments, make likely
    likely_language: Language | None = None
    now: datetime = field(default_factory=now)
    # days the caller named in this tool call, and days of bookings disclosed by it
    named_days: set[date] = field(default_factory=set)
    disclosed_days: set[date] = field(default_factory=set)
    # what this tool call was given about the person it is for: "mein Sohn, vier Jahre"
    person_remarks: tuple[str, ...] = ()
    # what was read of a day, a time and a part of the day, in a zone: a booking asks for the same several times
    parsed_times: dict[tuple[str | None, ...], TimeExpression] = field(default_factory=dict)

    @cached_property
    def _records(self) -> Any:
        keys = {"company": self.call.company_id, "branch": self.call.branch_id, "agent": self.call.agent_id}
        return db.session.execute(CALL_RECORDS, keys).one()

    @property
    def company(self) -> Company:
        return self._records[0]

    @property
    def branch(self) -> Branch:
        return self._records[1]

    @property
    def agent(self) -> Agent | None:
        return self._records[2]

    @cached_property
    def config(self) -> AgentVersionConfig:
        """The agent's effective configuration; without an agent the default, which allows everything."""
        return get_effective_config(self.agent, self._records[3], branch=self.branch) if self.agent else DEFAULT_AGENT_CONFIG

    @cached_property
    def branch_services(self) -> dict[str, BranchService]:
        """The branch's own values of services, by service."""
        statement = select(BranchService).where(BranchService.branch_id == self.branch.id)
        return {row.service_id: row for row in db.session.scalars(statement)}

    def at_branch(self, branch: Branch) -> "ToolContext":
        """The same call, asked about another branch."""
        other = copy(self)
        vars(other).pop("branch_services", None)
        vars(other)["_records"] = (self.company, branch, *self._records[2:])
        return other

    @cached_property
    def caller(self) -> IdentifiedCaller:
        """The caller as identified so far; who changes that calls `forget_caller`."""
        return identify_caller(self.call, self.company)

    def forget_caller(self) -> None:
        """Identify the caller anew the next time: there is another verification, or another customer of this number."""
        vars(self).pop("caller", None)

    def record_verification(self, kind: VerificationMethod, *, ok: bool, customer: Customer | None) -> None:
        """Record a verification attempt of this call, without the spoken words."""
        record_verification(self.call, kind, ok=ok, customer=customer)
        self.forget_caller()

    @cached_property
    def earlier_uses(self) -> Sequence[Any]:
        """What this call has asked and been answered before: name, arguments, result and ok of each use of a function, oldest first."""
        columns = (ToolCall.name, ToolCall.arguments, ToolCall.result, ToolCall.ok)
        return db.session.execute(select(*columns).where(ToolCall.call_id == self.call.id).order_by(ToolCall.id)).all()

    @cached_property
    def language(self) -> Language:
        """The caller's language, else the call's, the caller's likely one, the agent's, the company's."""
        agent_language = self.agent.language if self.agent else None
        wishes = (self.spoken_language, self.call.language, self.likely_language, agent_language, self.company.language)
        return next((known for wish in wishes for known in LANGUAGES if wish and wish.startswith(known)), "de")

    @property
    def can_greet_by_name(self) -> bool:
        """Whether the company allows saying a caller's first name before the caller does."""
        return self.config.can_disclose("caller_name") and (self.company.caller_rights or {}).get("greet_by_name") is not False

    @cached_property
    def has_several_branches(self) -> bool:
        return len(db.session.scalars(select(Branch.id).where(Branch.is_active).limit(2)).all()) > 1

    @property
    def timezone(self) -> str:
        return self.branch.timezone

    @property
    def today(self) -> date:
        return self.to_local(self.now).date()

    @property
    def actor(self) -> Actor:
        return Actor("caller", "call", self.call.id)

    def to_local(self, at: datetime, timezone: str | None = None) -> datetime:
        """Convert to the branch's local time."""
        return at.astimezone(ZoneInfo(timezone or self.timezone))


@dataclass(frozen=True, slots=True)
class ToolResult:
    """`say` is a whole sentence in the call's language; `code` is the reason of a rejection."""

    ok: bool
    say: str
    code: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    # days that this result disclosed; stored with the tool call, not sent
    disclosed_days: frozenset[date] = frozenset()

    def as_json(self) -> dict[str, Any]:
        payload: dict[str, Any] = {"ok": self.ok, "say": self.say}
        if self.code:
            payload["code"] = self.code
        return payload | {"data": self.data}


def succeed(say: str, **data: Any) -> ToolResult:
    return ToolResult(True, say, data=data)


def reject(code: str, say: str, **data: Any) -> ToolResult:
    return ToolResult(False, say, code, data)
