"""The call in which a function is used: whose it is, who speaks, in which language, and what time it is there."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.config import DEFAULT_AGENT_CONFIG, AgentConfig, get_effective_config
from app.domain.bookings.history import Actor
from app.domain.customers.caller_assurance import IdentifiedCaller, identify_caller
from app.domain.language.time_expression import Language
from app.models import Agent, AgentVersion, Branch, Call, Company

LANGUAGES: tuple[Language, ...] = ("de", "en")
# built once: making a statement costs more than running it
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
    """Everything comes from the call's own row, nothing from what the model says."""

    call: Call
    # as the caller's words tell it, where they do
    spoken_language: Language | None = None
    now: datetime = field(default_factory=now)
    # the days that the caller has named in this use of a function, and those of bookings that they were told
    named_days: set[date] = field(default_factory=set)
    disclosed_days: set[date] = field(default_factory=set)

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
    def config(self) -> AgentConfig:
        """What the published version of the agent says; a call without an agent has one that may do everything."""
        return get_effective_config(self.agent, self._records[3], branch=self.branch) if self.agent else DEFAULT_AGENT_CONFIG

    @property
    def caller(self) -> IdentifiedCaller:
        """Who speaks, as far as this call has shown it by now."""
        return identify_caller(self.call, self.company)

    @cached_property
    def language(self) -> Language:
        """What the caller speaks, else what the call was begun in, else the agent's, else the company's."""
        wishes = (self.spoken_language, self.call.language, self.agent.language if self.agent else None, self.company.language)
        return next((known for wish in wishes for known in LANGUAGES if wish and wish.startswith(known)), "de")

    @property
    def can_greet_by_name(self) -> bool:
        """Whether the company lets a caller's first name be said before it was heard."""
        return self.config.can_disclose("caller_name") and (self.company.caller_rights or {}).get("greet_by_name") is not False

    @property
    def timezone(self) -> str:
        return self.branch.zone

    @property
    def today(self) -> date:
        return self.to_local(self.now).date()

    @property
    def actor(self) -> Actor:
        return Actor("caller", "call", self.call.id)

    def to_local(self, moment: datetime, zone: str | None = None) -> datetime:
        """The moment as clocks at the branch show it."""
        return moment.astimezone(ZoneInfo(zone or self.timezone))
