"""What stands in the way of a closure: the bookings of somebody who is ill or away, and where each of them could go."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.scheduling.alternatives import find_alternatives
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.opening_hours import iter_occurrences
from app.domain.scheduling.types import AvailabilityQuery, ClosureData as ClosureFacts, Slot, VisitPart
from app.models import Booking, Branch, Closure
from app.models.booking import ACTIVE_STATUSES

# repeating ones are looked at so far ahead
LOOKED_AHEAD = timedelta(days=180)
REACH = timedelta(days=7)
MOST = 100


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The same time with somebody else, and the next times with the same person."""

    others: list[Slot]
    later: list[Slot]


def affected_by(closure: Closure) -> list[Booking]:
    """Bookings that still stand and lie, even in part, in the closure, from now on; the soonest first."""
    branches = select(Branch).where(Branch.id == closure.branch_id) if closure.branch_id else select(Branch)
    found: dict[str, Booking] = {}
    for branch in db.session.scalars(branches):
        for starts_at, ends_at in _stretches(closure, branch.zone):
            wanted = select(Booking).where(
                Booking.branch_id == branch.id, Booking.status.in_(ACTIVE_STATUSES), Booking.starts_at < ends_at,
                Booking.starts_at > starts_at - timedelta(days=7), Booking.ends_at > max(starts_at, now()),
            )  # fmt: skip
            if closure.staff_id:
                wanted = wanted.where(Booking.staff_id == closure.staff_id)
            found |= {booking.id: booking for booking in db.session.scalars(wanted.limit(MOST))}
    return sorted(found.values(), key=lambda booking: (booking.starts_at, booking.id))[:MOST]


def ways_out(booking: Booking) -> WaysOut:
    """Free times for a booking that cannot stay; of a visit of several services for this part of it."""
    question = AvailabilityQuery(
        (VisitPart(booking.service_id, booking.staff_id),), booking.starts_at, booking.starts_at + timedelta(minutes=1), now(),
        branch_id=booking.branch_id, seats=booking.seats, ignoring=frozenset([booking.occupant]),
    )  # fmt: skip
    since, until = max(booking.starts_at - REACH, now()), booking.starts_at + REACH
    around = AvailabilityQuery(question.parts, since, until, question.now, booking.branch_id, booking.seats, ignoring=question.ignoring)
    found = find_alternatives(around, load_scheduling_data(around), booking.starts_at, limit=3, search_radius=REACH)
    return WaysOut(found.other_staff, [] if booking.visit_id else sorted(found.other_times))


def _stretches(closure: Closure, zone: str) -> list[tuple[datetime, datetime]]:
    """The closure as real time at a branch, what is over left out."""
    tz = ZoneInfo(zone)
    facts = ClosureFacts(closure.starts, closure.ends, repeats=closure.repeats, until=closure.until)  # type: ignore[arg-type]
    today = now().astimezone(tz).date()
    spans = [
        (starts.replace(tzinfo=tz).astimezone(UTC), ends.replace(tzinfo=tz).astimezone(UTC))
        for starts, ends in iter_occurrences(facts, today, today + LOOKED_AHEAD)
    ]
    return [span for span in spans if span[1] > now()]
