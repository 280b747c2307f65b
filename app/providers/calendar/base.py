"""What every other calendar becomes: plain values in our own words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from app.core.errors import ProviderError
from app.providers.credentials import Access as Access
from app.providers.webhook_reader import Peek

# `moved`: another booking has taken its place
RemoteStatus = Literal["confirmed", "pending", "cancelled", "rejected", "unknown"]
EventKind = Literal["made", "requested", "moved", "cancelled", "rejected", "no_show", "unknown"]
Reason = Literal[
    "slot_taken", "outside_window", "in_the_past", "customer_limit", "bad_contact", "gone", "not_found", "no_such_event_type",
    "bad_key", "forbidden", "invalid",
]  # fmt: skip


class CalendarRefused(ProviderError):
    """The calendar said no, and why in one of our words; the same again changes nothing."""

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message, retryable=False, code=reason)


@dataclass(frozen=True, slots=True)
class RemoteSlot:
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteEventType:
    """What can be booked there."""

    ref: str
    title: str
    minutes: int
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Who comes; a name and one way to reach them."""

    name: str
    email: str | None = None
    phone: str | None = None
    zone: str = "Europe/Berlin"
    language: str = "de"


@dataclass(frozen=True, slots=True)
class RemoteOrder:
    """A booking to be made there. `ref` is our own mark by which it is found again; `minutes` only where the event type leaves it open."""

    event_type: str
    starts_at: datetime
    contact: Contact
    ref: str
    minutes: int | None = None
    notes: str | None = None
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoteBooking:
    """A booking as it stands there. None always means: the calendar does not say."""

    uid: str
    status: RemoteStatus
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    event_type: str | None = None
    # what names its person there, lower case: e-mail address, user name and id
    hosts: tuple[str, ...] = ()
    contact: Contact | None = None
    notes: str | None = None
    # our own mark, if it was made by us
    ref: str | None = None
    series_uid: str | None = None
    moved_from: str | None = None
    moved_to: str | None = None
    why: str | None = None
    changed_at: datetime | None = None

    @property
    def stands(self) -> bool:
        return self.status in ("confirmed", "pending") and not self.moved_to


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something that happened to a booking there. `sequence` rises along a chain of moves, where the calendar counts."""

    provider: str
    kind: EventKind
    name: str
    booking: RemoteBooking | None
    happened_at: datetime | None = None
    sequence: int | None = None
    problems: tuple[str, ...] = ()


class Calendar(Protocol):
    """Speaks to one account of another calendar. All methods raise NotSent, NoAnswer, TooFast or CalendarRefused."""

    def slots(
        self, event_type: str, starts_from: datetime, starts_before: datetime, *, ignoring: str | None = None
    ) -> list[RemoteSlot]: ...

    def book(self, order: RemoteOrder) -> RemoteBooking:
        """Makes it, perhaps only as a request (`pending`). Not safe to repeat after NoAnswer: look with find_by_ref first."""
        ...

    def find_by_ref(self, ref: str, *, event_type: str, made_after: datetime) -> RemoteBooking | None:
        """The standing booking with our mark, or the last one that had it, among those made since."""
        ...

    def get(self, uid: str) -> RemoteBooking | None: ...

    def reschedule(self, uid: str, starts_at: datetime, *, why: str | None = None) -> RemoteBooking:
        """Moves it; what comes back may have another uid."""
        ...

    def cancel(self, uid: str, *, why: str | None = None) -> bool:
        """Cancels it; False for one that stood under this name no more (cancelled, moved or never there)."""
        ...

    def confirm(self, uid: str) -> RemoteBooking:
        """Accepts a request."""
        ...

    def event_types(self) -> list[RemoteEventType]: ...

    def listen(self, address: str, secret: str) -> None:
        """Has webhooks sent to this address and signed with this secret from now on; again changes nothing but the secret."""
        ...

    def updated_since(self, moment: datetime | None) -> Iterator[RemoteBooking]:
        """What changed since then, the oldest change first; None: everything that is still to come."""
        ...


class CalendarReader(Protocol):
    """Translates one vendor's calendar webhooks; both readings take the raw body and raise Unreadable, nothing else."""

    name: str

    def peek(self, raw: bytes) -> Peek: ...

    def read(self, raw: bytes) -> CalendarEvent: ...
