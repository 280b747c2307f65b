"""The common port of all webhook readers."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from flask_babel import LazyString

# each is applied by its handler in domain/inbox
WebhookKind = Literal["calls", "calendars", "messages", "reports"]


@dataclass(frozen=True, slots=True)
class WebhookProvider:
    """A provider whose webhooks we receive; rejections, labels, filters and tests follow from this record."""

    name: str
    kind: WebhookKind
    # module and class of its reader
    reader: str
    # how pages name it
    shown_name: str | LazyString
    # where it calls; with a connection's id after it, for an account of a company
    path: str
    signature_header: str
    # the setting that holds the platform's own secret; empty: its webhooks answer 503
    secret: str


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
    # the names of the vendor's events as `Peek.event` has them; metrics count others as "other"
    event_names: Collection[str]

    def peek(self, raw: bytes) -> Peek: ...

    def read(self, raw: bytes) -> Any: ...
