"""A false claim: what was stated, and what is so."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from app.domain.claims.claim_types import Claim
from app.domain.claims.evidence_types import AppointmentEvidence, AppointmentSnapshot, Span

DetailMismatch = Literal["other_day", "other_weekday", "other_time", "other_person", "other_service", "other_branch"]
MismatchKind = Literal[
    "not_made", "not_moved", "not_cancelled", "not_confirmed", "denied",
    "other_day", "other_weekday", "other_time", "other_person", "other_service", "other_branch",
    "other_price", "other_duration", "other_hours", "other_address", "other_fee",
    "no_callback", "no_message", "not_on_waitlist", "not_sent", "not_free", "not_full",
]  # fmt: skip


@dataclass(slots=True)
class FalseClaim:
    """A false claim with its turn, and what is so: the appointment, the right value, or what is missing."""

    kind: MismatchKind
    position: int
    quote: str
    appointment: AppointmentEvidence | None = None
    state: AppointmentSnapshot | None = None
    cents: int | None = None
    minutes: int | None = None
    service_id: str | None = None
    # the hours of `day`; none: closed
    day: date | None = None
    spans: tuple[Span, ...] = ()
    branch_id: str | None = None
    # sms, email; None: any
    channel: str | None = None
    # the free starts that were found
    free: tuple[datetime, ...] = ()
    # the tool for the action, its rejection code, and whether it was called
    tool: str | None = None
    rejection: str | None = None
    was_used: bool = False


def build_mismatch(kind: MismatchKind, claim: Claim, **facts: Any) -> FalseClaim:
    return FalseClaim(kind, claim.position, claim.quote, **facts)
