"""All that can happen, on one page: small frozen facts that the domain announces and listeners follow."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class CallEventBase:
    """Something happened in a call; `received_at` is when the webhook behind it came in, for measuring the way."""

    company_id: str
    branch_id: str
    call_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class CallStarted(CallEventBase):
    """First seen: it rings or is already being talked."""


@dataclass(frozen=True, slots=True)
class CallUpdated(CallEventBase):
    """Status, transfer or caller changed while it runs."""


@dataclass(frozen=True, slots=True)
class CallEnded(CallEventBase):
    """It is over: talked, not connected or failed."""


@dataclass(frozen=True, slots=True)
class CallAnalyzed(CallEventBase):
    """Summary, sentiment and outcome are known."""


@dataclass(frozen=True, slots=True)
class TranscriptRevised:
    """Words or uses of tools came in after it was over."""

    company_id: str
    call_id: str


@dataclass(frozen=True, slots=True)
class TranscriptTurnAdded(CallEventBase):
    """A turn was added or grew: {index, role, text, start_s}."""

    turn: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolStarted(CallEventBase):
    """The agent called a tool: {tool_call_id, name, arguments}."""

    tool: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolFinished(CallEventBase):
    """The tool answered: {tool_call_id, name, ok, result, duration_ms}."""

    tool: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineCheckReceived(CallEventBase):
    """The synthetic call of a line check is stored; nothing else is ever said of it."""

    check_id: str = ""


@dataclass(frozen=True, slots=True)
class CallStatsChanged:
    """The counts of a branch change: so many calls and seconds more (or fewer) of this outcome, in the hour of that start."""

    company_id: str
    branch_id: str
    started_at: datetime
    outcome: str
    calls: int
    seconds: int


@dataclass(frozen=True, slots=True)
class TaskCreated:
    company_id: str
    branch_id: str | None
    task_id: str
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class TaskUpdated:
    company_id: str
    branch_id: str | None
    task_id: str
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class BookingEventBase:
    company_id: str
    branch_id: str
    booking_id: str
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class BookingCreated(BookingEventBase):
    """A slot is taken."""


@dataclass(frozen=True, slots=True)
class BookingRescheduled(BookingEventBase):
    """Another time or person."""


@dataclass(frozen=True, slots=True)
class BookingCancelled(BookingEventBase):
    """The slot is free again."""


@dataclass(frozen=True, slots=True)
class BookingChanged(BookingEventBase):
    """Confirmed, done, nobody came, or its notes were edited; time and person are as before."""


@dataclass(frozen=True, slots=True)
class HoldPlaced(BookingEventBase):
    """A slot is kept while the caller decides."""


@dataclass(frozen=True, slots=True)
class HoldReleased(BookingEventBase):
    """It was given back or ran out."""


@dataclass(frozen=True, slots=True)
class WaitlistOffered:
    """A time that became free is kept for somebody who waits; they must be told before the offer expires."""

    company_id: str
    branch_id: str
    offer_id: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class PhoneNumberChanged:
    """A phone number was made, moved to another branch, switched or removed: who cached it must forget it."""

    company_id: str
    e164: str


@dataclass(frozen=True, slots=True)
class WebhookEventsReleased:
    """Waiting webhook events became due: somebody should drain the inbox."""

    count: int


@dataclass(frozen=True, slots=True)
class NotificationQueued:
    """A message to a customer is written down and may leave."""

    company_id: str
    notification_id: str


@dataclass(frozen=True, slots=True)
class ProviderDeletionQueued:
    """A call is to be deleted at its provider."""

    company_id: str
    deletion_id: str


@dataclass(frozen=True, slots=True)
class OneTimeCodeRequested:
    """A caller is to be sent this one-time code; the digits stand nowhere else."""

    company_id: str
    branch_id: str
    code_id: str
    call_id: str
    number: str
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionsRevoked:
    """A user's sessions are dead (sign-out, password, role, block): sockets must go too. `session` None means all."""

    user_id: str
    session: str | None = None
