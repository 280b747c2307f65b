"""Bookings that conflict with a closure, and options to rebook them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, or_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.scheduling.alternatives import find_alternatives
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.opening_hours import iter_occurrences
from app.domain.scheduling.types import SchedulingClosure, Slot, SlotQuery, VisitPart
from app.models import Booking, Branch, Closure

# repeating closures are expanded so far ahead
LOOKAHEAD = timedelta(days=180)
SEARCH_RADIUS = timedelta(days=7)
MAX_CONFLICTS = 100


@dataclass(frozen=True, slots=True)
class ClosureConflictOptions:
    """The same time with other staff, and the next times: with the same person, or with anybody where that person has none."""

    other_staff: list[Slot]
    other_times: list[Slot]


@dataclass(frozen=True, slots=True)
class OpenClosure:
    """A closure in which bookings still stand, and how many."""

    closure: Closure
    booking_count: int


def list_open_closures(branch_ids: Collection[str]) -> list[OpenClosure]:
    """List the closures in which active bookings of these branches stand from now on, by their beginning."""
    branches = db.session.scalars(select(Branch).where(Branch.id.in_(branch_ids))).all()
    current = or_(Closure.local_end > datetime.combine(now().date() - timedelta(days=1), time()), Closure.repeats != "never")
    closures = db.session.scalars(select(Closure).where(current).order_by(Closure.local_start, Closure.id)).all()
    spans = [
        (closure, branch.id, *span)
        for closure in closures
        for branch in branches
        if closure.branch_id in (None, branch.id)
        for span in _to_intervals(closure, branch.timezone)
    ]
    counts = Counter(
        closure_id
        for booking in (_list_upcoming(spans) if spans else ())
        for closure_id in {
            closure.id
            for closure, branch_id, starts_at, ends_at in spans
            if booking.branch_id == branch_id
            and closure.staff_id in (None, booking.staff_id)
            and booking.starts_at < ends_at
            and booking.ends_at > starts_at
        }
    )
    return [OpenClosure(closure, counts[closure.id]) for closure in closures if counts[closure.id]]


def _list_upcoming(spans: Sequence[tuple[Closure, str, datetime, datetime]]) -> Sequence[Row[Any]]:
    """The active bookings between the first and the last moment of these spans, of the people who are away if nobody else is."""
    people = {closure.staff_id for closure, *_span in spans}
    columns = (Booking.branch_id, Booking.staff_id, Booking.starts_at, Booking.ends_at)
    statement = select(*columns).where(
        Booking.active(), Booking.branch_id.in_({branch_id for _closure, branch_id, *_span in spans}), Booking.ends_at > now(),
        Booking.starts_at.between(min(span[2] for span in spans) - timedelta(days=7), max(span[3] for span in spans)),
    )  # fmt: skip
    return db.session.execute(statement if None in people else statement.where(Booking.staff_id.in_(people))).all()


def list_conflicts(closure: Closure) -> list[Booking]:
    """List active bookings that overlap the closure from now on, soonest first; at most MAX_CONFLICTS."""
    branches = select(Branch).where(Branch.id == closure.branch_id) if closure.branch_id else select(Branch)
    conflicts: dict[str, Booking] = {}
    for branch in db.session.scalars(branches):
        for starts_at, ends_at in _to_intervals(closure, branch.timezone):
            statement = select(Booking).where(
                Booking.branch_id == branch.id, Booking.active(), Booking.starts_at < ends_at,
                Booking.starts_at > starts_at - timedelta(days=7), Booking.ends_at > max(starts_at, now()),
            )  # fmt: skip
            if closure.staff_id:
                statement = statement.where(Booking.staff_id == closure.staff_id)
            conflicts |= {booking.id: booking for booking in db.session.scalars(statement.limit(MAX_CONFLICTS))}
    return sorted(conflicts.values(), key=lambda booking: (booking.starts_at, booking.id))[:MAX_CONFLICTS]


def find_rebooking_options(booking: Booking) -> ClosureConflictOptions:
    """Find free times for a conflicting booking; of a visit with several services for this part."""
    query = SlotQuery(
        (VisitPart(booking.service_id, booking.staff_id),), booking.starts_at, booking.starts_at + timedelta(minutes=1), now(),
        branch_id=booking.branch_id, seats=booking.seats, ignoring=frozenset([booking.occupant]),
    )  # fmt: skip
    since, until = max(booking.starts_at - SEARCH_RADIUS, now()), booking.starts_at + SEARCH_RADIUS
    around = SlotQuery(query.parts, since, until, query.now, booking.branch_id, booking.seats, ignoring=query.ignoring)
    alternatives = find_alternatives(around, load_scheduling_data(around), booking.starts_at, limit=3, search_radius=SEARCH_RADIUS)
    other_times = alternatives.other_times or _find_other_times(around, booking.starts_at)
    return ClosureConflictOptions(alternatives.other_staff, [] if booking.visit_id else sorted(other_times))


def _find_other_times(around: SlotQuery, requested_at: datetime) -> list[Slot]:
    """Find the times nearest to the requested one with anybody."""
    query = replace(around, parts=tuple(VisitPart(part.service_id) for part in around.parts))
    return find_alternatives(query, load_scheduling_data(query), requested_at, limit=3, search_radius=SEARCH_RADIUS).other_times


def _to_intervals(closure: Closure, timezone: str) -> list[tuple[datetime, datetime]]:
    """The closure's future occurrences at a branch as UTC intervals."""
    tz = ZoneInfo(timezone)
    closure_data = SchedulingClosure(closure.local_start, closure.local_end, repeats=closure.repeats, until=closure.until)  # type: ignore[arg-type]
    today = now().astimezone(tz).date()
    spans = [
        (starts.replace(tzinfo=tz).astimezone(UTC), ends.replace(tzinfo=tz).astimezone(UTC))
        for starts, ends in iter_occurrences(closure_data, today, today + LOOKAHEAD)
    ]
    return [span for span in spans if span[1] > now()]
