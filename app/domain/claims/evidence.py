"""What a claim is laid beside: the house's people, services and prices, and the appointments that a call could speak of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of the conversation, in the order of the talk."""

    position: int
    is_agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class StaffName:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ServiceOffer:
    """A service with the words that surely mean it; `prices` in cents, more than one where branches differ."""

    id: str
    names: tuple[str, ...]
    prices: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AppointmentState:
    """An appointment as it stood: `starts_at` local; up to the turn `until_turn` of this call, where that changed it."""

    starts_at: datetime
    staff_id: str
    service_ids: frozenset[str]
    until_turn: int | None = None


@dataclass(frozen=True, slots=True)
class AppointmentEvidence:
    """An appointment and all its states, the last one as it is now; what this very call did to it."""

    id: str
    states: tuple[AppointmentState, ...]
    was_created: bool = False
    was_moved: bool = False
    was_cancelled: bool = False
    # it stands now, or stood at the end of the call and was cancelled by people later
    is_active: bool = True
    # waits for a calendar elsewhere
    is_pending: bool = False

    @property
    def current(self) -> AppointmentState:
        return self.states[-1]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a call's claims are judged by; `rejections` names the last refusal of a tool, by tool."""

    zone: str
    began_at: datetime
    people: Sequence[StaffName] = ()
    offers: Sequence[ServiceOffer] = ()
    # words that are no person's name though they stand where one could: the business, its branches
    places: Sequence[str] = ()
    appointments: Sequence[AppointmentEvidence] = ()
    rejections: dict[str, str] = field(default_factory=dict)
    # which tools were used at all
    used_tools: frozenset[str] = frozenset()
    holds: Sequence[AppointmentState] = ()
    # prices in cents that our own answers named
    quoted_prices: frozenset[int] = frozenset()
