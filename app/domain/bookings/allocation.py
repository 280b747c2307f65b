"""Allocate staff, rooms and seats to a booking request; retry when a concurrent booking wins the slot."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.bookings import history, slot_locks
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.errors import BookingError, SlotTaken, build_error
from app.domain.bookings.override import Override, find_override
from app.domain.companies.policies import Policies
from app.domain.scheduling.allocation_plan import AllocationPlan, PlannedPart, ResourceAllocation, list_plans
from app.domain.scheduling.alternatives import Alternatives, find_alternatives
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.types import SchedulingData, SlotQuery, ignore_rules
from app.domain.scheduling.unavailability_reasons import TAKEN_CODES, Reason, explain_unavailable
from app.models import Booking, GroupSession

T = TypeVar("T")
# each failed attempt is a concurrent booking; after so many the slot counts as taken
MAX_ATTEMPTS = 25
SEARCH_RADIUS = timedelta(days=7)


def allocate(
    request: BookingRequest,
    write: Callable[[AllocationPlan, SchedulingData], T],
    *,
    ignoring: frozenset[str] = frozenset(),
    find_existing: Callable[[], T | None] | None = None,
) -> T:
    """Call `write` with the preferred plan in a savepoint until no lock conflicts.

    `ignoring` holds ids that do not count as busy; `find_existing` finds, after a conflict, the result of a concurrent duplicate.
    Raises InThePast, Closed, BookingNotAllowed or SlotTaken, with reasons and alternatives.
    """
    query = request.build_query(ignoring)
    for _attempt in range(MAX_ATTEMPTS):
        try:
            plan, data = find_plan(request, query)
            with db.session.begin_nested():
                return write(plan, data)
        except SeatsUnavailable:
            continue
        except (BookingError, IntegrityError) as error:
            if find_existing and (existing := find_existing()):
                return existing
            if isinstance(error, BookingError) or not slot_locks.is_unique_violation(error):
                raise
    raise SlotTaken(_("Diese Zeit ist gerade vergeben worden."))


def find_plan(request: BookingRequest, query: SlotQuery) -> tuple[AllocationPlan, SchedulingData]:
    """Find the preferred plan and the data it is based on. Read-only; raises as allocate does."""
    data = load_scheduling_data(query, for_callers=request.is_from_caller)
    data = ignore_rules(data) if request.ignore_rules else data
    plans = list_plans(query, data, request.starts_at)
    if plans:
        return plans[0], data
    override = find_override(query, data, request.starts_at) if request.is_from_desk else None
    if override and request.accepted.issuperset(override.codes):
        return override.plan, override.data
    raise build_rejection(query, data, request, override)


def build_rejection(query: SlotQuery, data: SchedulingData, request: BookingRequest, override: Override | None = None) -> BookingError:
    """Build the error with the reasons, and those that the desk may ignore; alternatives are loaded when read."""
    reasons = explain_unavailable(query, data, request.starts_at) or [Reason("booked", request.branch_id)]
    requested_at = max(request.starts_at, query.now)
    around = query.between(max(requested_at - SEARCH_RADIUS, query.now), requested_at + SEARCH_RADIUS)

    def find_nearby() -> Alternatives:
        wide = load_scheduling_data(around, for_callers=request.is_from_caller, all_branches=True)
        return find_alternatives(around, wide, requested_at, search_radius=SEARCH_RADIUS)

    return build_error(reasons, data, find_alternatives=find_nearby, overridable=override.reasons if override else ())


class SeatsUnavailable(Exception):
    """A concurrent booking took the last seats of the group."""


def insert_bookings(request: BookingRequest, plan: AllocationPlan, data: SchedulingData, policies: Policies) -> list[Booking]:
    """Insert one booking per part. Raises IntegrityError or SeatsUnavailable on a conflict; wrap it in a savepoint."""
    visit_id = new_ulid() if len(plan.parts) > 1 else None
    bookings = [_build_booking(request, plan, part, data, policies, visit_id) for part in plan.parts]
    bookings[0].source_ref = request.source_ref
    if key := request.idempotency_key:
        bookings[0].idempotency_key, bookings[0].request_hash = str(key), key.request_hash
    db.session.add_all(bookings)
    db.session.flush()
    assign_slots(bookings, plan, data)
    for booking in bookings:
        history.append(booking, "made", request.actor, reason=request.note)
    db.session.flush()
    return bookings


def assign_slots(bookings: list[Booking], plan: AllocationPlan, data: SchedulingData) -> None:
    """Lock the planned slots for bookings that are already inserted, and set their sessions."""
    sessions = lock_plan(
        plan, data, holder_ids=[booking.id for booking in bookings], shared_holder_id=bookings[0].occupant, seats=bookings[0].seats
    )  # fmt: skip
    for booking, session_id in zip(bookings, sessions, strict=True):
        booking.session_id = session_id
    db.session.flush()


def lock_plan(
    plan: AllocationPlan,
    data: SchedulingData,
    *,
    holder_ids: list[str],
    shared_holder_id: str,
    seats: int,
    expires_at: datetime | None = None,
) -> list[str | None]:
    """Lock staff and rooms under the shared holder id and group seats under each part's own; return the session ids of the parts.

    Seats are reserved before a booking references the session: the foreign key locks the session shared, and two of those would deadlock.
    """
    is_overbooked = not set(TAKEN_CODES).isdisjoint(plan.overridden)
    sessions: list[str | None] = []
    shared_allocations: list[ResourceAllocation] = []
    for part, holder_id in zip(plan.parts, holder_ids, strict=True):
        if part.session_id or data.get_service(part.service_id).is_group:
            session_id = part.session_id or _create_session(part, plan.branch_id, is_overbooked=is_overbooked)
            if is_overbooked:
                slot_locks.add_missing_seats(session_id, seats)
            if not slot_locks.reserve_seats(session_id, holder_id, seats):
                raise SeatsUnavailable
            sessions.append(session_id)
        else:
            shared_allocations += part.allocations
            sessions.append(None)
    if shared_allocations:
        slot_locks.lock(shared_holder_id, shared_allocations, expires_at=expires_at, is_overbooked=is_overbooked)
    return sessions


def _create_session(part: PlannedPart, branch_id: str, *, is_overbooked: bool) -> str:
    """Create a group session with its locks; no seat is reserved yet."""
    session = GroupSession(
        id=new_ulid(), branch_id=branch_id, service_id=part.service_id, staff_id=part.staff_id,
        starts_at=part.starts_at, ends_at=part.ends_at, seats=part.seats,
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    slot_locks.lock(session.id, part.allocations, is_overbooked=is_overbooked)
    return session.id


def _build_booking(
    request: BookingRequest, plan: AllocationPlan, part: PlannedPart, data: SchedulingData, policies: Policies, visit_id: str | None
) -> Booking:
    rules = policies.rules(branch_id=plan.branch_id, service_id=part.service_id, staff_id=part.staff_id)
    offer = data.get_offer(part.service_id, part.staff_id, plan.branch_id)
    return Booking(
        id=new_ulid(), branch_id=plan.branch_id, service_id=part.service_id, staff_id=part.staff_id, customer_id=request.customer_id,
        call_id=request.call_id, status="pending" if rules.needs_confirmation and request.is_from_caller else "confirmed",
        starts_at=part.starts_at, ends_at=part.ends_at,
        timezone=data.get_branch(plan.branch_id).timezone, seats=request.seats, visit_id=visit_id,
        series_id=request.series_id, source=request.source, price_cents=offer.price_cents, notes=request.notes, version=1,
        contact_phone=request.contact_phone, contact_email=request.contact_email, overridden=list(plan.overridden) or None,
    )  # fmt: skip
