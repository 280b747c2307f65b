"""What an account at a voice provider holds: agents, their brains, numbers and calls, in our own words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.core.errors import ProviderError
from app.providers.credentials import Access as Access
from app.providers.voice.base import CallEvent, CallStatus

Storage = Literal["everything", "without_personal", "basics", "unknown"]
ToolKind = Literal["function", "hang_up", "put_through", "other"]
Reason = Literal["bad_key", "forbidden", "no_credit", "not_found", "conflict", "invalid"]


class VoiceRefused(ProviderError):
    """The provider said no, and why in one of our words; the same again changes nothing."""

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message, retryable=False)
        self.code = reason


@dataclass(frozen=True, slots=True)
class ToolSetup:
    """One function of the agent. `number` is where put_through leads: E.164, or None where the agent is told it in the call."""

    name: str
    kind: ToolKind = "function"
    about: str = ""
    address: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    timeout_ms: int | None = None
    # how often the provider asks again by itself
    retries: int | None = None
    # says something like "one moment" while it waits, and speaks once it has the answer
    speaks_meanwhile: bool = False
    speaks_after: bool = True
    number: str | None = None


@dataclass(frozen=True, slots=True)
class BrainSetup:
    """What the agent thinks with: its instructions, its first sentence and its functions.

    `mark` is our own reference, by which a brain is found again whose making was never answered. `defaults` stand in for
    variables of a call that nobody has filled.
    """

    mark: str
    prompt: str
    begin_message: str | None
    speaks_first: bool
    tools: tuple[ToolSetup, ...]
    defaults: dict[str, str] = field(default_factory=dict)
    model: str | None = None


@dataclass(frozen=True, slots=True)
class AgentSetup:
    """How the agent sounds, and where it tells what happens. `events` are kinds of call events (base.EventKind)."""

    name: str
    voice: str
    language: str
    zone: str
    webhook_url: str | None
    events: frozenset[str]
    webhook_timeout_ms: int | None = None
    longest_call_s: int | None = None
    storage: Storage = "everything"
    stored_days: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteBrain:
    ref: str
    version: int | None
    # what is published can be changed no more
    is_published: bool
    setup: BrainSetup


@dataclass(frozen=True, slots=True)
class RemoteAgent:
    """One version of an agent; the brain is None where something else than ours thinks for it."""

    ref: str
    version: int
    is_published: bool
    brain_ref: str | None
    brain_version: int | None
    setup: AgentSetup


@dataclass(frozen=True, slots=True)
class Binding:
    """Who answers a number; version None: the provider does not say."""

    agent_ref: str
    version: int | str | None = None


@dataclass(frozen=True, slots=True)
class RemoteNumber:
    e164: str
    bindings: tuple[Binding, ...]
    ringing_url: str | None


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A call as the provider lists it: without what was said."""

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
    """A call with all that is known of it there: `body` is the webhook that would have told the same, `event` what it says."""

    listed: ListedCall
    event: CallEvent
    body: bytes = field(repr=False)


class VoiceAccount(Protocol):
    """Speaks to one account of a voice provider.

    All methods raise NotSent, NoAnswer, TooFast or VoiceRefused. What is only read may be asked again; making is not safe to
    repeat after NoAnswer: look with find_agents or find_brains first.
    """

    def find_brains(self, mark: str) -> list[str]:
        """The refs of all brains with this mark."""
        ...

    def create_brain(self, setup: BrainSetup) -> RemoteBrain: ...

    def get_brain(self, ref: str, *, version: int | None = None) -> RemoteBrain | None: ...

    def update_brain(self, ref: str, setup: BrainSetup, *, version: int | None = None) -> RemoteBrain: ...

    def find_agents(self, part_of_name: str) -> list[str]:
        """The refs of all agents whose name holds this."""
        ...

    def create_agent(self, setup: AgentSetup, brain: RemoteBrain) -> RemoteAgent: ...

    def get_agent(self, ref: str, *, version: int | None = None) -> RemoteAgent | None:
        """That version, or the newest one, published or not."""
        ...

    def update_agent(self, ref: str, setup: AgentSetup, brain: RemoteBrain, *, version: int | None = None) -> RemoteAgent: ...

    def draft_agent(self, ref: str, *, base_version: int) -> RemoteAgent:
        """A new version that can be changed, as that one is."""
        ...

    def publish_agent(self, ref: str, version: int, *, title: str) -> None: ...

    def list_numbers(self) -> list[RemoteNumber]: ...

    def get_number(self, e164: str) -> RemoteNumber | None: ...

    def bind_number(self, e164: str, binding: Binding, *, ringing_url: str) -> RemoteNumber: ...

    def release_number(self, e164: str) -> RemoteNumber:
        """Nobody answers it any more, and nobody is asked when it rings."""
        ...

    def list_calls(self, started_from: datetime, started_before: datetime, *, agents: tuple[str, ...] = ()) -> Iterator[ListedCall]:
        """All calls that began in this time, the oldest first; those of some agents where any are named."""
        ...

    def get_call(self, call_id: str) -> FetchedCall | None: ...

    def delete_call(self, call_id: str) -> None:
        """The call and all that is kept of it there; one that is not there is deleted. Safe to repeat."""
        ...
