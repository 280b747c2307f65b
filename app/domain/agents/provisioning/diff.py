"""Wanted against actual at the voice provider, field by field, in values short enough to be kept and shown."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.agents.provisioning.desired_state import Wanted
from app.providers.voice.management import AgentSettings, LlmConfig, RemoteAgent, RemoteLlm, RemoteNumber, ToolConfig

LONGEST = 160
# what is missing altogether
NOTHING = ""
AGENT_FIELDS: tuple[tuple[str, Callable[[AgentSettings], Any]], ...] = (
    ("name", lambda setup: setup.name),
    ("voice", lambda setup: setup.voice),
    ("language", lambda setup: setup.language),
    ("zone", lambda setup: setup.zone),
    ("webhook_url", lambda setup: setup.webhook_url),
    ("events", lambda setup: ", ".join(sorted(setup.events))),
    ("webhook_timeout", lambda setup: setup.webhook_timeout_ms),
    ("longest_call", lambda setup: setup.max_call_duration_s),
    ("storage", lambda setup: setup.storage),
    ("stored_days", lambda setup: setup.stored_days),
)
BRAIN_FIELDS: tuple[tuple[str, Callable[[LlmConfig], Any]], ...] = (
    ("prompt", lambda setup: setup.prompt.strip()),
    ("begin_message", lambda setup: setup.begin_message),
    ("defaults", lambda setup: json.dumps(setup.defaults, sort_keys=True, ensure_ascii=False)),
)


@dataclass(frozen=True, slots=True)
class There:
    """What stands at the provider: the version of the agent that is ours, what thinks for it, and our numbers."""

    agent: RemoteAgent | None
    brain: RemoteLlm | None
    numbers: Mapping[str, RemoteNumber]


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names the field: voice, webhook_url, tool:book_appointment, number:+49…"""

    key: str
    wanted: str
    actual: str
    fits: bool

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "wanted": self.wanted, "actual": self.actual, "fits": self.fits}


def compare(wanted: Wanted, there: There) -> list[Finding]:
    return [*compare_agent(wanted, there), *_numbers(wanted, there)]


def compare_agent(wanted: Wanted, there: There) -> list[Finding]:
    """Without the numbers: whether this version says what it should."""
    if there.agent is None:
        return [Finding("agent", "there", NOTHING, fits=False)]
    found = [
        Finding("agent", "there", "there", fits=True),
        _finding("published", "yes", "yes" if there.agent.is_published else "no"),
        *(_field(name, read(wanted.agent), read(there.agent.setup)) for name, read in AGENT_FIELDS if read(wanted.agent) is not None),
    ]
    if there.brain is None:
        return [*found, Finding("brain", "there", NOTHING, fits=False)]
    found += [_field(name, read(wanted.brain), read(there.brain.setup)) for name, read in BRAIN_FIELDS]
    return [*found, *_tools(wanted.brain, there.brain.setup)]


def _tools(wanted: LlmConfig, actual: LlmConfig) -> Iterator[Finding]:
    known = {tool.name: tool for tool in actual.tools}
    for tool in wanted.tools:
        there = known.pop(tool.name, None)
        if there is None:
            yield Finding(f"tool:{tool.name}", tool.address or tool.name, NOTHING, fits=False)
            continue
        ours, theirs = _picture(tool), _picture(there)
        wrong = [name for name in ours if ours[name] != theirs[name]]
        told = [" · ".join(str(each[name]) for name in wrong) if wrong else tool.address or "there" for each in (ours, theirs)]
        yield _field(f"tool:{tool.name}", *told)
    for name in known:
        yield Finding(f"tool:{name}", NOTHING, name, fits=False)


def _picture(tool: ToolConfig) -> dict[str, Any]:
    """What decides whether a function works; what the provider adds of its own does not count."""
    picture: dict[str, Any] = {"kind": tool.kind, "about": tool.about.strip()}
    if tool.kind == "put_through":
        return picture | {"number": tool.number}
    if tool.kind != "function":
        return picture
    properties = json.dumps(tool.parameters.get("properties") or {}, sort_keys=True, ensure_ascii=False)
    return picture | {
        "address": tool.address, "timeout_ms": tool.timeout_ms, "retries": tool.retries or 0, "parameters": properties,
        "speaks": (tool.speaks_during, tool.speaks_after),
    }  # fmt: skip


def _numbers(wanted: Wanted, there: There) -> Iterator[Finding]:
    bound_to = f"{there.agent.ref} {there.agent.version}" if there.agent else "?"
    for e164 in wanted.numbers:
        number = there.numbers.get(e164)
        if number is None:
            yield Finding(f"number:{e164}", bound_to, NOTHING, fits=False)
            continue
        told = ", ".join(f"{each.agent_ref} {each.version}" if each.version is not None else each.agent_ref for each in number.bindings)
        yield Finding(f"number:{e164}", bound_to, told[:LONGEST], fits=_is_bound(there.agent, number))
        yield _field(f"ringing:{e164}", wanted.inbound_webhook_url, number.inbound_webhook_url)
    for e164 in wanted.released:
        number = there.numbers.get(e164)
        if number and there.agent and any(binding.agent_ref == there.agent.ref for binding in number.bindings):
            yield Finding(f"released:{e164}", NOTHING, there.agent.ref, fits=False)


def _is_bound(agent: RemoteAgent | None, number: RemoteNumber) -> bool:
    """To this agent alone, and to this version where the provider says which."""
    if agent is None or len(number.bindings) != 1:
        return False
    return number.bindings[0].agent_ref == agent.ref and number.bindings[0].version in (None, agent.version, str(agent.version))


def _field(key: str, wanted: Any, actual: Any) -> Finding:
    return _finding(key, _text(wanted), _text(actual))


def _finding(key: str, wanted: str, actual: str) -> Finding:
    fits = wanted == actual
    if fits or max(len(wanted), len(actual)) <= LONGEST:
        return Finding(key, wanted[:LONGEST], actual[:LONGEST], fits)
    # of long texts the place where they part
    shorter = min(len(wanted), len(actual))
    start = max(0, next((place for place in range(shorter) if wanted[place] != actual[place]), shorter) - 30)
    return Finding(key, *("…" * bool(start) + text[start : start + LONGEST - 2] for text in (wanted, actual)), fits)


def _text(value: Any) -> str:
    return NOTHING if value is None else str(value)
