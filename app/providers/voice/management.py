"""The port of voice provider accounts: agents, their LLMs, numbers and calls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.core.errors import ProviderError
from app.providers.credentials import Credentials as Credentials
from app.providers.voice.call_webhook_reader import CallStatus, ProviderCallEvent

Storage = Literal["everything", "without_personal", "basics", "unknown"]
ToolKind = Literal["function", "hang_up", "put_through", "other"]
RejectionReason = Literal["bad_key", "forbidden", "no_credit", "not_found", "conflict", "invalid"]


class VoiceRejected(ProviderError):
    """The provider rejected the request permanently; `code` is the RejectionReason."""

    def __init__(self, message: str, *, reason: RejectionReason) -> None:
        super().__init__(message, retryable=False)
        self.code = reason


@dataclass(frozen=True, slots=True)
class ToolConfig:
    """One function of the agent. `number` is the target of put_through: E.164, or None where the agent learns it in the call."""

    name: str
    kind: ToolKind = "function"
    about: str = ""
    address: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    timeout_ms: int | None = None
    # retries by the provider itself
    retries: int | None = None
    # speaks a filler while the function runs, and the result afterwards
    speaks_during: bool = False
    speaks_after: bool = True
    number: str | None = None


@dataclass(frozen=True, slots=True)
class LlmConfig:
    """The LLM of an agent: prompt, first sentence and functions.

    `mark` is our own reference, which finds an LLM again whose creation was never answered. `defaults` replace unset
    variables of a call.
    """

    mark: str
    prompt: str
    begin_message: str | None
    speaks_first: bool
    tools: tuple[ToolConfig, ...]
    defaults: dict[str, str] = field(default_factory=dict)
    model: str | None = None


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """Voice, language and webhook of an agent. `events` are kinds of call events (base.CallEventKind)."""

    name: str
    voice: str
    language: str
    timezone: str
    webhook_url: str | None
    events: frozenset[str]
    webhook_timeout_ms: int | None = None
    max_call_duration_s: int | None = None
    storage: Storage = "everything"
    stored_days: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteLlm:
    ref: str
    version: int | None
    # a published version is immutable
    is_published: bool
    setup: LlmConfig


@dataclass(frozen=True, slots=True)
class RemoteAgent:
    """One version of an agent; `brain_ref` is None where the response engine is not an LLM of ours."""

    ref: str
    version: int
    is_published: bool
    brain_ref: str | None
    brain_version: int | None
    setup: AgentSettings


@dataclass(frozen=True, slots=True)
class NumberBinding:
    """The agent bound to a number; version None where not reported."""

    agent_ref: str
    version: int | str | None = None


@dataclass(frozen=True, slots=True)
class RemoteNumber:
    e164: str
    bindings: tuple[NumberBinding, ...]
    inbound_webhook_url: str | None


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A call as the provider lists it, without transcript."""

    call_id: str
    status: CallStatus
    agent_ref: str | None
    caller_raw: str | None
    business_raw: str | None
    started_at: datetime | None
    ended_at: datetime | None
    disconnection_reason: str | None
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FetchedCall:
    """A complete call as the provider holds it: `body` is an equivalent webhook body, `event` its parsed event."""

    listed: ListedCall
    event: ProviderCallEvent
    body: bytes = field(repr=False)


class VoiceAccount(Protocol):
    """Client of one account of a voice provider.

    All methods raise ConnectionFailed, ResponseTimeout, RateLimited or VoiceRejected. Reads are idempotent; creating is not:
    after ResponseTimeout call find_agents or find_llms first.
    """

    def find_llms(self, mark: str) -> list[str]:
        """Find the refs of all LLMs with this mark."""
        ...

    def create_llm(self, setup: LlmConfig) -> RemoteLlm: ...

    def get_llm(self, ref: str, *, version: int | None = None) -> RemoteLlm | None: ...

    def update_llm(self, ref: str, setup: LlmConfig, *, version: int | None = None) -> RemoteLlm: ...

    def find_agents(self, part_of_name: str) -> list[str]:
        """Find the refs of all agents whose name contains this."""
        ...

    def create_agent(self, setup: AgentSettings, llm: RemoteLlm) -> RemoteAgent: ...

    def get_agent(self, ref: str, *, version: int | None = None) -> RemoteAgent | None:
        """Find that version, or the newest one, published or not."""
        ...

    def update_agent(self, ref: str, setup: AgentSettings, llm: RemoteLlm, *, version: int | None = None) -> RemoteAgent: ...

    def draft_agent(self, ref: str, *, base_version: int) -> RemoteAgent:
        """Create an editable version as a copy of that one."""
        ...

    def publish_agent(self, ref: str, version: int, *, title: str) -> None: ...

    def list_numbers(self) -> list[RemoteNumber]: ...

    def get_number(self, e164: str) -> RemoteNumber | None: ...

    def bind_number(self, e164: str, binding: NumberBinding, *, inbound_webhook_url: str) -> RemoteNumber: ...

    def release_number(self, e164: str) -> RemoteNumber:
        """Unbind the agents and the inbound webhook of a number."""
        ...

    def list_calls(self, started_from: datetime, started_before: datetime, *, agents: tuple[str, ...] = ()) -> Iterator[ListedCall]:
        """List all calls started in this period, the oldest first; limited to these agents where any are given."""
        ...

    def get_call(self, call_id: str) -> FetchedCall | None: ...

    def delete_call(self, call_id: str) -> None:
        """Delete the call and all its data at the provider; idempotent, an unknown call counts as deleted."""
        ...
