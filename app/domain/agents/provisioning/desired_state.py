"""How an agent should stand at its voice provider, made from her published version: voice, brain, functions, addresses, numbers."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from app.core import settings
from app.core.extensions import db
from app.domain.agents.config import AgentConfig, get_effective_config
from app.domain.agents.greeting import build_greeting_in_own_language
from app.domain.agents.prompt import build_prompt
from app.domain.agents.tools.registry import list_tools
from app.models import Agent, AgentVersion, Branch, Company, PhoneNumber
from app.providers.voice.management import AgentSettings, LlmConfig, ToolConfig

EVENTS = frozenset(
    {"started", "ended", "analyzed", "transcript", "transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended"}
)
WEBHOOK_TIMEOUT_MS = 10_000
# our own time is far below a second; the rest is for the way
TOOL_TIMEOUT_MS, CHANGING_TIMEOUT_MS = 8_000, 10_000
LANGUAGES = {"de": "de-DE", "en": "en-GB"}

RELEASED = select(PhoneNumber.e164).where(or_(PhoneNumber.agent_id.is_(None), PhoneNumber.is_active.is_(False))).order_by(PhoneNumber.e164)


@dataclass(frozen=True, slots=True)
class Wanted:
    """All of it; `numbers` are those that callers of this agent dial, `inbound_webhook_url` is asked when one of them rings.

    `released` are numbers of the company that nobody answers now: she must not go on answering them there.
    """

    brain: LlmConfig
    agent: AgentSettings
    numbers: tuple[str, ...]
    released: tuple[str, ...]
    inbound_webhook_url: str
    title: str


def wanted_there(agent: Agent, version: AgentVersion, *, connection_id: str | None) -> Wanted:
    """To be called inside the company's scope. `connection_id` where the company has an account of its own: it signs for itself."""
    company = db.session.get_one(Company, agent.company_id)
    content = get_effective_config(agent, version)
    rows = db.session.execute(
        select(PhoneNumber.e164, Branch.name, Branch.zone, Branch.forward_to)
        .join(Branch, (Branch.company_id == PhoneNumber.company_id) & (Branch.id == PhoneNumber.branch_id))
        .where(PhoneNumber.agent_id == agent.id, PhoneNumber.is_active)
        .order_by(PhoneNumber.e164)
    ).all()
    forwards = {content.forward_to or row.forward_to for row in rows} - {None}
    one_branch = rows[0].name if len({row.name for row in rows}) == 1 else company.name
    # word for word, not as a variable: it is also said where nobody asked us, as in calls that go out or come from the web
    greeting = build_greeting_in_own_language(content, company=company.name, branch=one_branch)
    defaults = {"greeting": greeting, "branch": one_branch, "hand_over": "no"}
    return Wanted(
        brain=LlmConfig(
            mark=agent.id,
            prompt=build_prompt(content, company=company.name),
            begin_message=greeting,
            speaks_first=True,
            tools=_tools(content, _address("function", connection_id), forwards.pop() if len(forwards) == 1 else None),
            defaults=defaults,
        ),
        agent=AgentSettings(
            name=f"{content.name} · {company.name} · {agent.id}",
            voice=content.voice,
            language=LANGUAGES[content.language],
            zone=rows[0].zone if rows else company.zone,
            webhook_url=_address("webhook", connection_id),
            events=EVENTS,
            webhook_timeout_ms=WEBHOOK_TIMEOUT_MS,
            max_call_duration_s=content.longest_call_minutes * 60,
            storage=content.recording,
            stored_days=content.stored_days,
        ),
        numbers=tuple(row.e164 for row in rows),
        released=tuple(db.session.scalars(RELEASED)),
        inbound_webhook_url=_address("inbound", connection_id),
        title=f"{content.name} {version.number}",
    )


def _address(door: str, connection_id: str | None) -> str:
    address = f"{settings().public_base}/api/retell/{door}"
    return f"{address}/{connection_id}" if connection_id else address


def _tools(content: AgentConfig, address: str, number: str | None) -> tuple[ToolConfig, ...]:
    """Ours by name, with their own schemas, and the two that only the provider can do: to put through and to hang up."""
    ours = [
        ToolConfig(
            name=tool.name, about=tool.description, address=address, parameters=tool.definition()["parameters"],
            timeout_ms=CHANGING_TIMEOUT_MS if tool.has_effect else TOOL_TIMEOUT_MS,
            # a repetition is known by its call, name and arguments; still nobody but the model should ask twice
            retries=0, speaks_during=tool.has_effect,
        )
        for tool in list_tools()
        if content.allows(tool.name)
    ]  # fmt: skip
    if content.allows("transfer_call"):
        about = "Puts the caller through after transfer_call has named a number."
        ours.append(ToolConfig("put_through", "put_through", about, number=number))
    # an emergency goes through to whoever is on call then, also where nobody else is ever put through
    on_call = "Puts the caller through to the number that an emergency's answer names as transfer_to. For emergencies only."
    ours.append(ToolConfig("put_through_on_call", "put_through", on_call, number=None))
    return (*ours, ToolConfig("end_call", "hang_up", "Ends the call after saying goodbye, when nothing is left to do."))
