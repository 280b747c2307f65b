"""Compare desired and actual state at the voice provider field by field, in values short enough to store and show."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.agents.provisioning.desired_state import DesiredState
from app.providers.voice.management import AgentSettings, LlmConfig, RemoteAgent, RemoteLlm, RemoteNumber, ToolConfig

MAX_LENGTH = 160
# shown for a missing value
MISSING = ""
AGENT_FIELDS: tuple[tuple[str, Callable[[AgentSettings], Any]], ...] = (
    ("name", lambda setup: setup.name),
    ("voice", lambda setup: setup.voice),
    ("language", lambda setup: setup.language),
    ("timezone", lambda setup: setup.timezone),
    ("webhook_url", lambda setup: setup.webhook_url),
    ("events", lambda setup: ", ".join(sorted(setup.events))),
    ("webhook_timeout", lambda setup: setup.webhook_timeout_ms),
    ("longest_call", lambda setup: setup.max_call_duration_s),
    ("storage", lambda setup: setup.storage),
    ("stored_days", lambda setup: setup.stored_days),
)
LLM_FIELDS: tuple[tuple[str, Callable[[LlmConfig], Any]], ...] = (
    ("prompt", lambda setup: setup.prompt.strip()),
    ("begin_message", lambda setup: setup.begin_message),
    ("defaults", lambda setup: json.dumps(setup.defaults, sort_keys=True, ensure_ascii=False)),
)


@dataclass(frozen=True, slots=True)
class ActualState:
    """The state at the provider: our version of the agent, its language model, and our numbers."""

    agent: RemoteAgent | None
    llm: RemoteLlm | None
    numbers: Mapping[str, RemoteNumber]


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """`key` names the field: voice, webhook_url, tool:book_appointment, number:+49…"""

    key: str
    wanted: str
    actual: str
    fits: bool

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "wanted": self.wanted, "actual": self.actual, "fits": self.fits}


def compare_states(desired: DesiredState, remote: ActualState) -> list[FieldDiff]:
    return [*compare_agent(desired, remote), *_compare_numbers(desired, remote)]


def compare_agent(desired: DesiredState, remote: ActualState) -> list[FieldDiff]:
    """Compare without the numbers: whether this version is as desired."""
    if remote.agent is None:
        return [FieldDiff("agent", "there", MISSING, fits=False)]
    diffs = [
        FieldDiff("agent", "there", "there", fits=True),
        _compare_texts("published", "yes", "yes" if remote.agent.is_published else "no"),
        *(
            _compare_values(name, read(desired.agent), read(remote.agent.setup))
            for name, read in AGENT_FIELDS
            if read(desired.agent) is not None
        ),
    ]
    if remote.llm is None:
        return [*diffs, FieldDiff("brain", "there", MISSING, fits=False)]
    diffs += [_compare_values(name, read(desired.llm), read(remote.llm.setup)) for name, read in LLM_FIELDS]
    return [*diffs, *_compare_tools(desired.llm, remote.llm.setup)]


def _compare_tools(desired: LlmConfig, actual: LlmConfig) -> Iterator[FieldDiff]:
    remaining = {tool.name: tool for tool in actual.tools}
    for tool in desired.tools:
        remote = remaining.pop(tool.name, None)
        if remote is None:
            yield FieldDiff(f"tool:{tool.name}", tool.address or tool.name, MISSING, fits=False)
            continue
        values, remote_values = _to_comparable(tool), _to_comparable(remote)
        wrong = [name for name in values if values[name] != remote_values[name]]
        texts = [" · ".join(str(side[name]) for name in wrong) if wrong else tool.address or "there" for side in (values, remote_values)]
        yield _compare_values(f"tool:{tool.name}", *texts)
    for name in remaining:
        yield FieldDiff(f"tool:{name}", MISSING, name, fits=False)


def _to_comparable(tool: ToolConfig) -> dict[str, Any]:
    """The fields that decide whether a function works, without what the provider adds."""
    comparable: dict[str, Any] = {"kind": tool.kind, "about": tool.about.strip()}
    if tool.kind == "put_through":
        return comparable | {"number": tool.number}
    if tool.kind != "function":
        return comparable
    properties = json.dumps(tool.parameters.get("properties") or {}, sort_keys=True, ensure_ascii=False)
    return comparable | {
        "address": tool.address, "timeout_ms": tool.timeout_ms, "retries": tool.retries or 0, "parameters": properties,
        "speaks": (tool.speaks_during, tool.speaks_after),
    }  # fmt: skip


def _compare_numbers(desired: DesiredState, remote: ActualState) -> Iterator[FieldDiff]:
    bound_to = f"{remote.agent.ref} {remote.agent.version}" if remote.agent else "?"
    for e164 in desired.numbers:
        number = remote.numbers.get(e164)
        if number is None:
            yield FieldDiff(f"number:{e164}", bound_to, MISSING, fits=False)
            continue
        texts = ", ".join(f"{each.agent_ref} {each.version}" if each.version is not None else each.agent_ref for each in number.bindings)
        yield FieldDiff(f"number:{e164}", bound_to, texts[:MAX_LENGTH], fits=_is_bound(remote.agent, number))
        yield _compare_values(f"ringing:{e164}", desired.inbound_webhook_url, number.inbound_webhook_url)
    for e164 in desired.released:
        number = remote.numbers.get(e164)
        if number and remote.agent and any(binding.agent_ref == remote.agent.ref for binding in number.bindings):
            yield FieldDiff(f"released:{e164}", MISSING, remote.agent.ref, fits=False)


def _is_bound(agent: RemoteAgent | None, number: RemoteNumber) -> bool:
    """Whether the number is bound to this agent only, and to this version if the provider names one."""
    if agent is None or len(number.bindings) != 1:
        return False
    return number.bindings[0].agent_ref == agent.ref and number.bindings[0].version in (None, agent.version, str(agent.version))


def _compare_values(key: str, desired: Any, actual: Any) -> FieldDiff:
    return _compare_texts(key, _to_text(desired), _to_text(actual))


def _compare_texts(key: str, desired: str, actual: str) -> FieldDiff:
    fits = desired == actual
    if fits or max(len(desired), len(actual)) <= MAX_LENGTH:
        return FieldDiff(key, desired[:MAX_LENGTH], actual[:MAX_LENGTH], fits)
    # of long texts the part where they begin to differ
    shorter = min(len(desired), len(actual))
    start = max(0, next((position for position in range(shorter) if desired[position] != actual[position]), shorter) - 30)
    return FieldDiff(key, *("…" * bool(start) + text[start : start + MAX_LENGTH - 2] for text in (desired, actual)), fits)


def _to_text(value: Any) -> str:
    return MISSING if value is None else str(value)
