"""The evidence for claims: catalogue, hours and branches, the appointments a call may refer to, and what it left behind.

`None` means that nothing is known: a claim about it is counted as not verifiable, never as false.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of the conversation."""

    position: int
    is_agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class StaffName:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ServiceEvidence:
    """A service with its certain synonyms; `prices` in cents and `minutes`, several where branches differ."""

    id: str
    names: tuple[str, ...]
    prices: frozenset[int] = frozenset()
    minutes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class BranchEvidence:
    """A branch with its address, and its opening spans by date in local time."""

    id: str
    name: str
    street: str | None = None
    city: str | None = None
    hours: Mapping[date, tuple[Span, ...]] | None = None


@dataclass(frozen=True, slots=True)
class AppointmentSnapshot:
    """A state of an appointment: `starts_at` is local; valid up to turn `until_turn` where this call changed it."""

    starts_at: datetime
    staff_id: str
    service_ids: frozenset[str]
    until_turn: int | None = None
    branch_id: str | None = None


@dataclass(frozen=True, slots=True)
class AppointmentEvidence:
    """An appointment with its states, the current one last, and what this call did to it."""

    id: str
    states: tuple[AppointmentSnapshot, ...]
    was_created: bool = False
    was_moved: bool = False
    was_cancelled: bool = False
    # active now, or active at the end of the call and cancelled later by staff
    is_active: bool = True
    # waits for an external calendar
    is_pending: bool = False

    @property
    def current(self) -> AppointmentSnapshot:
        return self.states[-1]


@dataclass(frozen=True, slots=True)
class SearchEvidence:
    """The free starts (local) that one tool result gave; `is_complete` for a search, not for a mere rejection without any."""

    starts: tuple[datetime, ...]
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for a call's claims; `rejections` holds the last rejection code of each tool."""

    timezone: str
    began_at: datetime
    people: Sequence[StaffName] = ()
    offers: Sequence[ServiceEvidence] = ()
    # names that are not staff: the business, its branches
    places: Sequence[str] = ()
    branches: Sequence[BranchEvidence] = ()
    # the branch that was called
    branch_id: str | None = None
    appointments: Sequence[AppointmentEvidence] = ()
    rejections: dict[str, str] = field(default_factory=dict)
    # the tools that were called
    used_tools: frozenset[str] = frozenset()
    holds: Sequence[AppointmentSnapshot] = ()
    # prices in cents, minutes and hours that tool results quoted
    quoted_prices: frozenset[int] = frozenset()
    # what a cancellation costs by what tools said; zero: nothing
    quoted_fees: frozenset[int] = frozenset()
    quoted_minutes: frozenset[int] = frozenset()
    quoted_hours: Mapping[date, Sequence[tuple[Span, ...]]] = field(default_factory=dict)
    # bookings that tool results disclosed to the agent, with the turn after which each first was
    disclosed_after: Mapping[str, int] = field(default_factory=dict)
    searches: Sequence[SearchEvidence] | None = None
    # kinds of the tasks that this call left
    tasks: frozenset[str] | None = None
    # channels of the messages that this call caused
    notifications: frozenset[str] | None = None
    is_on_waitlist: bool | None = None
