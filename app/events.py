"""All events: frozen dataclasses that the domain publishes and listeners handle."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class CallEventBase:
    """Base of call events; `received_at` is the arrival of the webhook behind it, to measure the delay."""

    company_id: str
    branch_id: str
    call_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class CallStarted(CallEventBase):
    """The first event of a call arrived: it is ringing or in progress."""


@dataclass(frozen=True, slots=True)
class CallUpdated(CallEventBase):
    """Status, transfer or caller changed during the call; `is_over`: after its end."""

    is_over: bool = False


@dataclass(frozen=True, slots=True)
class CallEnded(CallEventBase):
    """The call ended, was not connected, or failed."""


@dataclass(frozen=True, slots=True)
class CallAnalyzed(CallEventBase):
    """Summary, sentiment and outcome are available."""


@dataclass(frozen=True, slots=True)
class LateTranscriptAdded:
    """Turns or tool calls arrived after the end of the call."""

    company_id: str
    call_id: str


@dataclass(frozen=True, slots=True)
class TranscriptTurnAdded(CallEventBase):
    """A turn was added or extended: {index, role, text, start_s}."""

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
    """The synthetic call of a line check was stored; it is its only event."""

    check_id: str = ""


@dataclass(frozen=True, slots=True)
class CallStatsDelta:
    """A branch's counts change: calls and seconds to add (or subtract) for this outcome, in the hour of `started_at`."""

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
    """Base of events of bookings and holds; `notify` says whether the customer is to be told, None: by the company's rules."""

    company_id: str
    branch_id: str
    booking_id: str
    call_id: str | None = None
    notify: bool | None = None


@dataclass(frozen=True, slots=True)
class BookingCreated(BookingEventBase):
    """A booking was created; `is_imported`: it was made in another calendar long before."""

    is_imported: bool = False


@dataclass(frozen=True, slots=True)
class BookingRescheduled(BookingEventBase):
    """Time or person changed."""


@dataclass(frozen=True, slots=True)
class BookingCancelled(BookingEventBase):
    """A booking was cancelled; its slot is free again."""


@dataclass(frozen=True, slots=True)
class BookingDetailsChanged(BookingEventBase):
    """Confirmed, done, no-show, or its notes were edited; time and person are unchanged."""


@dataclass(frozen=True, slots=True)
class HoldPlaced(BookingEventBase):
    """A slot was reserved while the caller decides."""


@dataclass(frozen=True, slots=True)
class HoldReleased(BookingEventBase):
    """A hold was released or expired."""


@dataclass(frozen=True, slots=True)
class TaskMessageAdded:
    """A person wrote once more about an open task."""

    company_id: str
    task_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class SickLeaveAdded:
    """Somebody is reported sick; nothing is booked meanwhile."""

    company_id: str
    closure_id: str


@dataclass(frozen=True, slots=True)
class AgentProblemFound:
    """An agent stands at its provider otherwise than it should, or could not be entered there."""

    company_id: str
    agent_id: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionProblemFound:
    """A provider refuses the keys of a company."""

    company_id: str
    connection_id: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class StaffNoticesChanged:
    """This person has a new notice, or has read some."""

    company_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class WaitlistOffered:
    """A free time was reserved for a waiting customer, who must be notified before the offer expires."""

    company_id: str
    branch_id: str
    offer_id: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class PhoneNumberChanged:
    """A phone number was created, moved to another branch, switched or removed: caches must be invalidated."""

    company_id: str
    e164: str


@dataclass(frozen=True, slots=True)
class WebhookEventsReleased:
    """Waiting webhook events became due: the inbox should be drained."""

    count: int


@dataclass(frozen=True, slots=True)
class NotificationQueued:
    """A message to a customer was stored and may be sent."""

    company_id: str
    notification_id: str


@dataclass(frozen=True, slots=True)
class NotificationUndelivered:
    """A message that was sent did not arrive, as its carrier reports."""

    company_id: str
    notification_id: str


@dataclass(frozen=True, slots=True)
class NotificationFailed:
    """A message is given up: there is no way to its recipient, or its carrier does not take it."""

    company_id: str
    notification_id: str


@dataclass(frozen=True, slots=True)
class InboundMessageStored:
    """A person wrote to the business; the message waits to be answered."""

    company_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class MessagePolicyChanged:
    """The rules or the texts of messages changed: planned ones must be brought in line with them."""

    company_id: str


@dataclass(frozen=True, slots=True)
class ProviderDeletionQueued:
    """A call must be deleted at its provider."""

    company_id: str
    deletion_id: str


@dataclass(frozen=True, slots=True)
class OneTimeCodeRequested:
    """A one-time code must be sent to a caller; the digits are stored nowhere."""

    company_id: str
    branch_id: str
    code_id: str
    call_id: str
    number: str
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionsRevoked:
    """A user's sessions ended (sign-out, password, role, block), so their sockets must close. `session` None means all."""

    user_id: str
    session: str | None = None


@dataclass(frozen=True, slots=True)
class AccountMailQueued:
    """A mail to a user about their own account must be sent."""

    mail_id: str
