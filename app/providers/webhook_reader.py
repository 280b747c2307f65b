"""What the webhooks of all providers have in common, whatever they are about."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

# calls are worked through by calls/lifecycle, calendars by bookings/arriving
WebhookKind = Literal["calls", "calendars"]


class Unreadable(ValueError):
    """The body is no event of this provider; the message is one sentence that may be shown."""


@dataclass(frozen=True, slots=True)
class Peek:
    """The little that must be known before an event is stored.

    `dedupe_key` is the same for every delivery of one event and different for two events, within the provider. Events with the
    same `provider_call_id` (for calendars: of one chain of bookings) are worked through one after the other.
    """

    event: str
    provider_call_id: str | None
    business_raw: str | None
    dedupe_key: str


class WebhookReader(Protocol):
    """Translates one vendor's webhooks; both readings take the raw body and raise Unreadable, nothing else."""

    name: str

    def peek(self, raw: bytes) -> Peek: ...

    def read(self, raw: bytes) -> Any: ...
