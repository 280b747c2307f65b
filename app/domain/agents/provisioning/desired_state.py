"""Builds the desired state of an agent at its voice provider from the published version: voice, model, functions, URLs, numbers."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from app.core import settings
from app.core.extensions import db
from app.domain.agents.config_schema import AgentVersionConfig, get_effective_config
from app.domain.agents.greeting import build_greeting_in_own_language
from app.domain.agents.prompt import build_prompt
from app.domain.agents.tools.registry import list_tools
from app.models import Agent, AgentVersion, Branch, Company, PhoneNumber
from app.providers.voice.management import AgentSettings, LlmConfig, ToolConfig

EVENTS = frozenset(
    {"started", "ended", "analyzed", "transcript", "transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended"}
)
WEBHOOK_TIMEOUT_MS = 10_000
# we answer far below a second; the rest is for the network
TOOL_TIMEOUT_MS, CHANGING_TIMEOUT_MS = 8_000, 10_000
LANGUAGES = {"de": "de-DE", "en": "en-GB"}

RELEASED_NUMBERS = (
    select(PhoneNumber.e164).where(or_(PhoneNumber.agent_id.is_(None), PhoneNumber.is_active.is_(False))).order_by(PhoneNumber.e164)
)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """`numbers` are bound to the agent; `inbound_webhook_url` is called when one of them rings.

    `released` are numbers of the company without an active agent: this agent must not answer them any more.
    """

    llm: LlmConfig
    agent: AgentSettings
    numbers: tuple[str, ...]
    released: tuple[str, ...]
    inbound_webhook_url: str
    title: str


def build_desired_state(agent: Agent, version: AgentVersion, *, connection_id: str | None) -> DesiredState:
    """Inside the company's scope. `connection_id` is given where the company has an account of its own, which signs its webhooks."""
    company = db.session.get_one(Company, agent.company_id)
    config = get_effective_config(agent, version)
    rows = db.session.execute(
        select(PhoneNumber.e164, Branch.name, Branch.timezone, Branch.forward_number)
        .join(Branch, (Branch.company_id == PhoneNumber.company_id) & (Branch.id == PhoneNumber.branch_id))
        .where(PhoneNumber.agent_id == agent.id, PhoneNumber.is_active)
        .order_by(PhoneNumber.e164)
    ).all()
    forwards = {config.forward_number or row.forward_number for row in rows} - {None}
    one_branch = rows[0].name if len({row.name for row in rows}) == 1 else company.name
    # literal, not a variable: calls without the inbound webhook (outgoing, from the web) have it too
    greeting = build_greeting_in_own_language(config, company=company.name, branch=one_branch)
    defaults = {"greeting": greeting, "branch": one_branch, "hand_over": "no"}
    return DesiredState(
        llm=LlmConfig(
            mark=agent.id,
            prompt=build_prompt(config, company=company.name),
            begin_message=greeting,
            speaks_first=True,
            tools=_build_tools(config, _build_url("function", connection_id), forwards.pop() if len(forwards) == 1 else None),
            defaults=defaults,
        ),
        agent=AgentSettings(
            name=f"{config.name} · {company.name} · {agent.id}",
            voice=config.voice,
            language=LANGUAGES[config.language],
            timezone=rows[0].timezone if rows else company.timezone,
            webhook_url=_build_url("webhook", connection_id),
            events=EVENTS,
            webhook_timeout_ms=WEBHOOK_TIMEOUT_MS,
            max_call_duration_s=config.longest_call_minutes * 60,
            storage=config.recording,
            stored_days=config.stored_days,
        ),
        numbers=tuple(row.e164 for row in rows),
        released=tuple(db.session.scalars(RELEASED_NUMBERS)),
        inbound_webhook_url=_build_url("inbound", connection_id),
        title=f"{config.name} {version.number}",
    )


def _build_url(endpoint: str, connection_id: str | None) -> str:
    url = f"{settings().public_base}/api/retell/{endpoint}"
    return f"{url}/{connection_id}" if connection_id else url


def _build_tools(config: AgentVersionConfig, address: str, number: str | None) -> tuple[ToolConfig, ...]:
    """Our functions with their schemas, and those that only the provider can carry out: put through and hang up."""
    functions = [
        ToolConfig(
            name=tool.name, about=tool.description, address=address, parameters=tool.definition()["parameters"],
            timeout_ms=CHANGING_TIMEOUT_MS if tool.has_effect else TOOL_TIMEOUT_MS,
            # a repetition is recognised by call, name and arguments; still only the model should repeat
            retries=0, speaks_during=tool.has_effect,
        )
        for tool in list_tools()
        if config.allows(tool.name)
    ]  # fmt: skip
    if config.allows("transfer_call"):
        about = "Puts the caller through after transfer_call has named a number."
        functions.append(ToolConfig("put_through", "put_through", about, number=number))
    # an emergency is put through to the person on call, also where the agent may not transfer
    description = "Puts the caller through to the number that an emergency's answer names as transfer_to. For emergencies only."
    functions.append(ToolConfig("put_through_on_call", "put_through", description, number=None))
    return (*functions, ToolConfig("end_call", "hang_up", "Ends the call after saying goodbye, when nothing is left to do."))
