"""A claim: what the agent stated in one clause."""

from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.claims.appointment_mentions import AppointmentMention

AppointmentKind = Literal["booked", "moved", "cancelled", "stands", "denied"]
PromiseKind = Literal["callback", "message", "waitlist", "notification"]
FactKind = Literal["price", "duration", "hours", "address", "fee", "free", "full"]
ClaimKind = AppointmentKind | PromiseKind | FactKind
APPOINTMENT_KINDS = ("booked", "moved", "cancelled", "stands", "denied")


@dataclass(slots=True)
class Claim:
    """A claim with its turn and sentence; `fact` is the stated price, duration, hours, address, channel or free time."""

    kind: ClaimKind
    position: int
    quote: str
    mentions: list[AppointmentMention] = field(default_factory=list)
    fact: Any = None
    # what the same sentence says to stay: "der Haarschnitt ist weg, das Färben bleibt"
    kept: list[AppointmentMention] = field(default_factory=list)
    # place of its clause among the agent's clauses
    order: int = 0
    tentative: bool = False
    held_only: bool = False
    # corrects an earlier claim, unprompted or after an objection
    corrects: bool = False
    # counts only as the last word about it: "Geht klar, Dienstag um drei"
    is_weak: bool = False
    # names no subject: whatever the call did may be meant
    is_vague: bool = False
    # retracted later
    retracted: bool = False
