"""The evidence for claims: staff, services, prices, and the appointments a call may refer to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


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
class ServiceOffer:
    """A service with its certain synonyms; `prices` in cents, several where branches differ."""

    id: str
    names: tuple[str, ...]
    prices: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AppointmentState:
    """A state of an appointment: `starts_at` is local; valid up to turn `until_turn` where this call changed it."""

    starts_at: datetime
    staff_id: str
    service_ids: frozenset[str]
    until_turn: int | None = None


@dataclass(frozen=True, slots=True)
class AppointmentEvidence:
    """An appointment with its states, the current one last, and what this call did to it."""

    id: str
    states: tuple[AppointmentState, ...]
    was_created: bool = False
    was_moved: bool = False
    was_cancelled: bool = False
    # active now, or active at the end of the call and cancelled later by staff
    is_active: bool = True
    # waits for an external calendar
    is_pending: bool = False

    @property
    def current(self) -> AppointmentState:
        return self.states[-1]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for a call's claims; `rejections` holds the last rejection code of each tool."""

    zone: str
    began_at: datetime
    people: Sequence[StaffName] = ()
    offers: Sequence[ServiceOffer] = ()
    # names that are not staff: the business, its branches
    places: Sequence[str] = ()
    appointments: Sequence[AppointmentEvidence] = ()
    rejections: dict[str, str] = field(default_factory=dict)
    # the tools that were called
    used_tools: frozenset[str] = frozenset()
    holds: Sequence[AppointmentState] = ()
    # prices in cents that tool results quoted
    quoted_prices: frozenset[int] = frozenset()
