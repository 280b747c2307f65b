"""The port of call events and its vendor-neutral values."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from app.providers.webhook_reader import Peek as Peek, Unreadable as Unreadable

# started, ended, analyzed: once a call. progress: only the status counts, a terminal one ends it. transcript: a snapshot of the turns.
# unknown: an event that is kept and changes nothing.
CallEventKind = Literal[
    "started", "transcript", "ended", "analyzed", "progress",
    "transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended", "unknown",
]  # fmt: skip
Direction = Literal["inbound", "outbound", "web", "unknown"]
CallStatus = Literal["ringing", "ongoing", "ended", "not_connected", "error"]
EndCategory = Literal["talked", "machine", "not_reached", "account", "technical", "transfer", "other"]
Role = Literal["agent", "caller", "transfer_target"]
Sentiment = Literal["positive", "neutral", "negative", "unknown"]


@dataclass(frozen=True, slots=True)
class TranscriptTurn:
    """One utterance; times are seconds of the recording."""

    role: Role
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class TranscriptToolCall:
    """One use of a tool by the agent.

    `position` is the index of the preceding turn, -1 before the first. `result` is parsed JSON, or text, or None while
    it runs; `finished` distinguishes a running use from one with an empty result.
    """

    tool_call_id: str
    name: str
    position: int
    arguments: dict[str, Any] | None = None
    result: Any = None
    successful: bool | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class ProviderCallEvent:
    """One event of one call; None always means not reported.

    `caller_raw` is the person's number, `business_raw` the business's own (dialled, or for outbound calls dialling), both
    unparsed. `status` is derived from the event, never from a snapshot beside it.
    """

    provider: str
    kind: CallEventKind
    name: str
    provider_call_id: str | None
    direction: Direction = "unknown"
    caller_raw: str | None = None
    business_raw: str | None = None
    agent_ref: str | None = None
    agent_version: int | None = None
    telephony_id: str | None = None

    status: CallStatus | None = None
    end_category: EndCategory | None = None
    disconnection_reason: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_s: int | None = None
    sequence: int | None = None

    turns: tuple[TranscriptTurn, ...] | None = None
    tool_uses: tuple[TranscriptToolCall, ...] = ()
    transfer_destination: str | None = None
    recording_url: str | None = None
    language: str | None = None

    summary: str | None = None
    sentiment: Sentiment | None = None
    successful: bool | None = None
    in_voicemail: bool | None = None
    analysis: dict[str, Any] = field(default_factory=dict)
    collected: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    cost_cents: Decimal | None = None

    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionRequest:
    """A mid-call request of the agent to run a function; `event` is a snapshot of the call.

    `tool_call_id` and `position` are as in TranscriptToolCall; not every vendor sends the id during the call.
    """

    name: str
    arguments: dict[str, Any]
    event: ProviderCallEvent
    tool_call_id: str | None = None
    position: int = -1


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """An inbound call that is still ringing; numbers are unparsed."""

    caller_raw: str | None
    business_raw: str | None
    provider_call_id: str | None = None
    agent_ref: str | None = None


class CallWebhookReader(Protocol):
    """Translates one vendor's call webhooks; both methods take the raw body and raise Unreadable, nothing else."""

    name: str

    def peek(self, raw: bytes) -> Peek: ...

    def read(self, raw: bytes) -> ProviderCallEvent: ...
