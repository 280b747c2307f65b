"""The port of external calendars and its vendor-neutral values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from app.core.errors import ProviderError
from app.providers.credentials import Credentials as Credentials
from app.providers.webhook_reader import Peek

# event kind `moved`: another booking has replaced it
RemoteStatus = Literal["confirmed", "pending", "cancelled", "rejected", "unknown"]
CalendarEventKind = Literal["made", "requested", "moved", "cancelled", "rejected", "no_show", "unknown"]
RejectionReason = Literal[
    "slot_taken", "outside_window", "in_the_past", "customer_limit", "bad_contact", "gone", "not_found", "no_such_event_type",
    "bad_key", "forbidden", "invalid",
]  # fmt: skip


class CalendarRejected(ProviderError):
    """The calendar rejected the request permanently; `code` is the RejectionReason."""

    def __init__(self, message: str, *, reason: RejectionReason) -> None:
        super().__init__(message, retryable=False, code=reason)


@dataclass(frozen=True, slots=True)
class RemoteSlot:
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteEventType:
    """A bookable event type of the external calendar."""

    ref: str
    title: str
    minutes: int
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class AttendeeContact:
    """The attendee: a name and at least one contact method."""

    name: str
    email: str | None = None
    phone: str | None = None
    timezone: str = "Europe/Berlin"
    language: str = "de"


@dataclass(frozen=True, slots=True)
class ExternalBookingRequest:
    """A booking to create. `ref` is our own reference for `find_by_ref`; `minutes` only where the event type leaves it open."""

    event_type: str
    starts_at: datetime
    contact: AttendeeContact
    ref: str
    minutes: int | None = None
    notes: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoteBooking:
    """A booking as the external calendar reports it; None always means not reported."""

    uid: str
    status: RemoteStatus
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    event_type: str | None = None
    # identifiers of the host, lower case: e-mail address, user name and id
    hosts: tuple[str, ...] = ()
    contact: AttendeeContact | None = None
    notes: str | None = None
    # our own reference, where we created the booking
    ref: str | None = None
    series_uid: str | None = None
    moved_from: str | None = None
    moved_to: str | None = None
    reason: str | None = None
    changed_at: datetime | None = None

    @property
    def stands(self) -> bool:
        return self.status in ("confirmed", "pending") and not self.moved_to


@dataclass(frozen=True, slots=True)
class CalendarWebhookEvent:
    """A change of a booking in the external calendar. `sequence` rises along a chain of moves, where the vendor counts."""

    provider: str
    kind: CalendarEventKind
    name: str
    booking: RemoteBooking | None
    happened_at: datetime | None = None
    sequence: int | None = None
    problems: tuple[str, ...] = ()


class Calendar(Protocol):
    """Client of one external calendar account. All methods raise ConnectionFailed, ResponseTimeout, RateLimited or CalendarRejected."""

    def list_slots(
        self, event_type: str, starts_from: datetime, starts_before: datetime, *, ignoring: str | None = None
    ) -> list[RemoteSlot]: ...

    def create_booking(self, order: ExternalBookingRequest) -> RemoteBooking:
        """Create a booking, perhaps only as a request (`pending`). Not idempotent: after ResponseTimeout call find_by_ref first."""
        ...

    def find_by_ref(self, ref: str, *, event_type: str, created_after: datetime) -> RemoteBooking | None:
        """Find the active booking with our reference, or else the latest one that had it, among those created since."""
        ...

    def get(self, uid: str) -> RemoteBooking | None: ...

    def reschedule(self, uid: str, starts_at: datetime, *, reason: str | None = None) -> RemoteBooking:
        """Move a booking; the returned one may have another uid."""
        ...

    def cancel(self, uid: str, *, reason: str | None = None) -> bool:
        """Cancel a booking; False where no active booking has this uid (cancelled, moved or unknown)."""
        ...

    def confirm(self, uid: str) -> RemoteBooking:
        """Accept a requested booking."""
        ...

    def list_event_types(self) -> list[RemoteEventType]: ...

    def register_webhook(self, address: str, secret: str) -> None:
        """Register our webhook address and its signing secret; idempotent, a repeated call only updates the secret."""
        ...

    def list_updated_since(self, moment: datetime | None) -> Iterator[RemoteBooking]:
        """List bookings changed since then, the oldest change first; None: all upcoming ones."""
        ...


class CalendarWebhookReader(Protocol):
    """Translates one vendor's calendar webhooks; both methods take the raw body and raise Unreadable, nothing else."""

    name: str

    def peek(self, raw: bytes) -> Peek: ...

    def read(self, raw: bytes) -> CalendarWebhookEvent: ...
