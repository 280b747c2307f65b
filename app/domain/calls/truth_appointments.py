"""The appointments a call may refer to: those it made or was shown and its callers' own, each with its history."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.extensions import db
from app.domain.claims.evidence_types import AppointmentEvidence, AppointmentSnapshot
from app.domain.claims.tool_output import find_booking_ids, find_start
from app.domain.customers import matching
from app.models import Booking, BookingChange, Call, ToolCall, Turn

MAX_BOOKINGS = 60
# appointments that a call may speak of: from shortly before it to far ahead
BEFORE, AHEAD = timedelta(days=1), timedelta(days=400)


def load_appointments(call: Call, turns: Sequence[Turn], tools: Sequence[ToolCall]) -> list[AppointmentEvidence]:
    bookings = _load_bookings(call, tools)
    changes: dict[str, list[BookingChange]] = defaultdict(list)
    statement = select(BookingChange).where(BookingChange.booking_id.in_([booking.id for booking in bookings])).order_by(BookingChange.id)
    for change in db.session.scalars(statement) if bookings else ():
        changes[change.booking_id].append(change)
    done = _list_done(tools)
    return [_build_appointment(call, booking, changes[booking.id], turns, done) for booking in bookings]


def _load_bookings(call: Call, tools: Sequence[ToolCall]) -> Sequence[Booking]:
    """The bookings created or named in this call, and those of all customers with its number."""
    number = call.from_number if call.caller_kind == "number" else None
    callers = matching.find_customers_by_numbers([(call.company_id, number)])[call.company_id, number] if number else []
    customers = {customer.id for customer in callers} | ({call.customer_id} if call.customer_id else set())
    by_customer = Booking.customer_id.in_(customers) & Booking.starts_at.between(call.started_at - BEFORE, call.started_at + AHEAD)
    named = {booking_id for tool in tools for booking_id in find_booking_ids(tool.result)}
    conditions = [Booking.call_id == call.id, *([Booking.id.in_(named)] if named else []), *([by_customer] if customers else [])]
    # one query each, so that each uses its index
    several = [db.session.scalars(select(Booking).where(statement).limit(MAX_BOOKINGS)).all() for statement in conditions]
    return list({booking.id: booking for bookings in several for booking in bookings}.values())


def _list_done(tools: Sequence[ToolCall]) -> set[tuple[str, str | datetime]]:
    """List what the tools reported as done, by the booking's id or its start."""
    done: set[tuple[str, str | datetime]] = set()
    for tool in tools:
        if tool.ok:
            done |= {(tool.name, booking_id) for booking_id in find_booking_ids(tool.result)}
            if start := find_start(tool.result):
                done.add((tool.name, start))
    return done


def _build_appointment(
    call: Call, booking: Booking, changes: Sequence[BookingChange], turns: Sequence[Turn], done: set[tuple[str, str | datetime]]
) -> AppointmentEvidence:
    ended_at = call.ended_at or call.started_at + timedelta(seconds=call.duration_s or 3600)
    own_actions = {change.action for change in changes if change.actor_type == "caller" and change.actor_id == call.id}
    cancelled = next((change for change in reversed(changes) if change.action == "cancelled"), None)
    is_own = booking.call_id == call.id or _was_done("book_appointment", booking, done)
    stands = booking.status != "cancelled"
    if not stands and cancelled is not None and "cancelled" not in own_actions and cancelled.occurred_at > call.started_at:
        # a booking cancelled later by people existed during the call, one refused by the external calendar did not
        stands = not _was_undone(cancelled)
        is_own = is_own and stands
    return AppointmentEvidence(
        booking.id,
        _build_states(call, booking, changes, turns, ended_at),
        was_created=is_own,
        was_moved="moved" in own_actions or _was_done("reschedule_appointment", booking, done),
        was_cancelled="cancelled" in own_actions or (not stands and _was_done("cancel_appointment", booking, done)),
        is_active=stands,
        is_pending=booking.status == "pending",
    )


def _was_done(tool: str, booking: Booking, done: set[tuple[str, str | datetime]]) -> bool:
    return (tool, booking.id) in done or (tool, booking.starts_at) in done


def _was_undone(cancelled: BookingChange) -> bool:
    """It still waited for the other calendar or for consent when it was given up."""
    return (cancelled.before or {}).get("status") == "pending" and cancelled.actor_type in ("calendar", "system")


def _build_states(
    call: Call, booking: Booking, changes: Sequence[BookingChange], turns: Sequence[Turn], ended_at: datetime
) -> tuple[AppointmentSnapshot, ...]:
    """Build the states of a booking since the beginning of the call; the last one is the current state."""
    timezone = ZoneInfo(booking.timezone)
    now = {
        "starts_at": booking.starts_at.isoformat(), "staff_id": booking.staff_id, "service_id": booking.service_id,
        "branch_id": booking.branch_id,
    }  # fmt: skip
    states = [_build_state(now, timezone, None)]
    for change in reversed(changes):
        if change.occurred_at < call.started_at or not change.before:
            continue
        now |= {name: value for name, value in change.before.items() if name in now and value is not None}
        states.append(
            _build_state(now, timezone, _find_last_turn_before(change.occurred_at, call, turns) if change.occurred_at <= ended_at else None)
        )
    return tuple(reversed(states))


def _build_state(at: dict[str, str], timezone: ZoneInfo, until: int | None) -> AppointmentSnapshot:
    return AppointmentSnapshot(
        datetime.fromisoformat(at["starts_at"]).astimezone(timezone), at["staff_id"], frozenset({at["service_id"]}), until, at["branch_id"]
    )


def _find_last_turn_before(at: datetime, call: Call, turns: Sequence[Turn]) -> int | None:
    """The turn after which it changed, where the turns have their times."""
    second = (at - call.started_at).total_seconds()
    change = [turn.position for turn in turns if turn.start_s is not None and turn.start_s <= second]
    return max(change) if change else None
