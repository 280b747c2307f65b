"""Bookings that conflict with a closure, and options to rebook them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.scheduling.alternatives import find_alternatives
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.opening_hours import iter_occurrences
from app.domain.scheduling.types import AvailabilityQuery, ClosureData, Slot, VisitPart
from app.models import Booking, Branch, Closure

# repeating closures are expanded so far ahead
LOOKAHEAD = timedelta(days=180)
SEARCH_RADIUS = timedelta(days=7)
MAX_CONFLICTS = 100


@dataclass(frozen=True, slots=True)
class RebookingOptions:
    """The same time with other staff, and the next times with the same person."""

    other_staff: list[Slot]
    other_times: list[Slot]


def list_conflicts(closure: Closure) -> list[Booking]:
    """List active bookings that overlap the closure from now on, soonest first; at most MAX_CONFLICTS."""
    branches = select(Branch).where(Branch.id == closure.branch_id) if closure.branch_id else select(Branch)
    conflicts: dict[str, Booking] = {}
    for branch in db.session.scalars(branches):
        for starts_at, ends_at in _to_intervals(closure, branch.zone):
            statement = select(Booking).where(
                Booking.branch_id == branch.id, Booking.active(), Booking.starts_at < ends_at,
                Booking.starts_at > starts_at - timedelta(days=7), Booking.ends_at > max(starts_at, now()),
            )  # fmt: skip
            if closure.staff_id:
                statement = statement.where(Booking.staff_id == closure.staff_id)
            conflicts |= {booking.id: booking for booking in db.session.scalars(statement.limit(MAX_CONFLICTS))}
    return sorted(conflicts.values(), key=lambda booking: (booking.starts_at, booking.id))[:MAX_CONFLICTS]


def find_rebooking_options(booking: Booking) -> RebookingOptions:
    """Find free times for a conflicting booking; of a visit with several services for this part."""
    query = AvailabilityQuery(
        (VisitPart(booking.service_id, booking.staff_id),), booking.starts_at, booking.starts_at + timedelta(minutes=1), now(),
        branch_id=booking.branch_id, seats=booking.seats, ignoring=frozenset([booking.occupant]),
    )  # fmt: skip
    since, until = max(booking.starts_at - SEARCH_RADIUS, now()), booking.starts_at + SEARCH_RADIUS
    around = AvailabilityQuery(query.parts, since, until, query.now, booking.branch_id, booking.seats, ignoring=query.ignoring)
    alternatives = find_alternatives(around, load_scheduling_data(around), booking.starts_at, limit=3, search_radius=SEARCH_RADIUS)
    return RebookingOptions(alternatives.other_staff, [] if booking.visit_id else sorted(alternatives.other_times))


def _to_intervals(closure: Closure, zone: str) -> list[tuple[datetime, datetime]]:
    """The closure's future occurrences at a branch as UTC intervals."""
    tz = ZoneInfo(zone)
    closure_data = ClosureData(closure.starts, closure.ends, repeats=closure.repeats, until=closure.until)  # type: ignore[arg-type]
    today = now().astimezone(tz).date()
    spans = [
        (starts.replace(tzinfo=tz).astimezone(UTC), ends.replace(tzinfo=tz).astimezone(UTC))
        for starts, ends in iter_occurrences(closure_data, today, today + LOOKAHEAD)
    ]
    return [span for span in spans if span[1] > now()]
