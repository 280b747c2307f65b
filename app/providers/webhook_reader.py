"""The common port of all webhook readers."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

# calls are applied by domain/calls/lifecycle, calendars by domain/calendar_sync/inbound
WebhookKind = Literal["calls", "calendars"]


class Unreadable(ValueError):
    """The body is no event of this provider; the message is a sentence that may be shown."""


@dataclass(frozen=True, slots=True)
class Peek:
    """The fields needed before an event is stored.

    `dedupe_key` is equal for every delivery of one event and different for two events, within the provider. Events with the
    same `provider_call_id` (for calendars: of one chain of bookings) are processed one after the other.
    """

    event: str
    provider_call_id: str | None
    business_raw: str | None
    dedupe_key: str


class WebhookReader(Protocol):
    """Translates one vendor's webhooks; both methods take the raw body and raise Unreadable, nothing else."""

    name: str

    def peek(self, raw: bytes) -> Peek: ...

    def read(self, raw: bytes) -> Any: ...
