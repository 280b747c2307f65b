"""Syncs bookings to the company's external calendar: claimed, sent with no transaction open, completed.

`claim` and `complete` belong in a transaction each, `provider_calls.send` between them in none.
"""

from sqlalchemy import select

from app.core import phone
from app.core.clock import now
from app.core.errors import NotFound, ProviderError
from app.core.extensions import db
from app.domain.bookings.cancel import cancel_booking
from app.domain.calendar_sync import state as standing
from app.domain.calendar_sync.enqueue import ask
from app.domain.calendar_sync.inbound import apply_snapshot
from app.domain.calendar_sync.mapping import Mappings, access_of, find_connection, load_mappings
from app.domain.calendar_sync.provider_calls import Action, Errand, Outcome
from app.domain.calendar_sync.state import OUTBOX, RETRY_DELAYS
from app.models import Booking, BookingSync, CalendarMapping, Call, Customer, ExternalEvent
from app.providers.calendar.base import AttendeeContact, CalendarRejected, Credentials, ExternalBookingRequest, RemoteBooking
from app.providers.http import RateLimited, ResponseTimeout

# after so many failed attempts the front desk gets a task
ATTEMPTS_BEFORE_TASK = 6


def claim(sync_id: str) -> Errand | None:
    """Claim the next call that brings the booking into the external calendar; None when there is nothing to do now."""
    booking_id = db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == sync_id)).first()
    locked = standing.lock(booking_id) if booking_id else None
    if locked is None:
        return None
    booking, sync = locked
    if not OUTBOX.is_claimable(sync):
        return None
    connection = find_connection(sync.connection_id)
    access = access_of(connection) if connection else None
    if connection is None or access is None:
        standing.fail(sync, booking, reason="no_key" if connection else "not_connected")
        return None
    action, mapping = _next_step(sync, booking, load_mappings(connection.id))
    if action is None:
        standing.be_in_step(sync, booking)
        return None
    if action in ("make", "move") and booking.starts_at <= now():
        standing.fail(sync, booking, reason="too_late")
        return None
    return _claim_call(sync, booking, action, mapping, provider=connection.provider, access=access)


def _next_step(sync: BookingSync, booking: Booking, mappings: Mappings) -> tuple[Action | None, CalendarMapping | None]:
    """From how it stands here and what is known of there, whatever was asked for first."""
    mapping = mappings.outward(booking) if booking.is_standing else None
    if booking.is_standing and mapping is not None:
        if sync.uid and sync.event_type != mapping.event_type:
            # another event type cannot be had by moving: it is made anew, then the old one goes
            standing.name(sync.connection_id, sync.uid, "surplus", sync_id=sync.id)
            sync.uid = sync.event_type = None
        if sync.uid is None:
            return "make", mapping
        if sync.action == "confirm":
            return "confirm", mapping
        if sync.action == "look" or (sync.synced_version == sync.version and _surplus(sync)):
            return "look", mapping
        return (None if sync.synced_version == sync.version else "move"), mapping
    may_stand_there = sync.uid or (sync.first_requested_at and sync.event_type)
    if may_stand_there and (booking.is_standing or booking.status == "cancelled"):
        return "cancel", None
    return ("look" if _surplus(sync) else None), None


def _claim_call(
    sync: BookingSync, booking: Booking, action: Action, mapping: CalendarMapping | None, *, provider: str, access: Credentials
) -> Errand:
    is_repeat = sync.first_requested_at is not None
    if action in ("make", "move"):
        sync.first_requested_at = sync.first_requested_at or now()
    if action == "make" and mapping:
        sync.event_type = mapping.event_type
    sync.action = action
    return Errand(
        provider=provider, access=access, action=action, ref=sync.id, version=sync.version, token=OUTBOX.claim(sync),
        asked_at=sync.first_requested_at or sync.created_at, is_repeat=is_repeat, uid=sync.uid, event_type=sync.event_type,
        order=_order(sync, booking, mapping) if mapping else None, surplus=_surplus(sync),
    )  # fmt: skip


def complete(errand: Errand, outcome: Outcome) -> bool:
    """Store the result; True when the next call is due at once."""
    booking_id = db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == errand.ref)).first()
    locked = standing.lock(booking_id) if booking_id else None
    if locked is None or not OUTBOX.has_claim(locked[1], errand.token):
        return False
    booking, sync = locked
    if outcome.error is None:
        OUTBOX.release(sync)
    else:
        sync.claim_token = sync.dispatched_at = None
    for uid in outcome.tidied:
        standing.name(sync.connection_id, uid, "over", sync_id=sync.id)
    if outcome.there is not None and errand.action == "look":
        _looked(sync, booking, errand, outcome.there)
    elif outcome.there is not None:
        _stands(sync, booking, errand, outcome.there)
    elif outcome.error is None:
        _is_gone(sync, booking, errand)
    if outcome.error is not None:
        _handle_failure(sync, booking, errand, outcome)
    db.session.flush()
    return sync.status == "pending" and sync.due_at <= now()


def _stands(sync: BookingSync, booking: Booking, errand: Errand, there: RemoteBooking) -> None:
    if not there.stands:
        # somebody cancelled it there before we knew its name
        standing.stand_no_more(sync)
        standing.name(sync.connection_id, there.uid, "over", sync_id=sync.id)
        if booking.is_standing:
            cancel_booking(booking.id, standing.BY_CALENDAR, reason=there.why or "im anderen Kalender abgesagt")
        standing.be_in_step(sync, booking)
        return
    standing.stand(sync, there)
    sync.synced_version, sync.synced_at, sync.first_requested_at, sync.attempts = errand.version, now(), None, 0
    _finish(sync, booking, errand, there)


def _looked(sync: BookingSync, booking: Booking, errand: Errand, there: RemoteBooking) -> None:
    """What stands there now is to stand here too, if there is room; a change made here meanwhile goes before."""
    connection = find_connection(sync.connection_id)
    if sync.version != errand.version or connection is None:
        ask(sync, booking, sync.action)
    else:
        sync.status, sync.reason = "conflict", "no_room_here"
        apply_snapshot(connection, there)


def _is_gone(sync: BookingSync, booking: Booking, errand: Errand) -> None:
    vanished = errand.action == "look" and errand.uid and booking.is_standing
    standing.stand_no_more(sync)
    if vanished:
        ask(sync, booking, "make")
        return
    sync.synced_version, sync.synced_at, sync.first_requested_at, sync.attempts = errand.version, now(), None, 0
    _finish(sync, booking, errand, None)


def _finish(sync: BookingSync, booking: Booking, errand: Errand, there: RemoteBooking | None) -> None:
    """In step, unless the booking has changed meanwhile or something is left to tidy up there."""
    if sync.version != errand.version:
        ask(sync, booking, sync.action)
    elif _surplus(sync):
        sync.status, sync.due_at = "pending", now() + RETRY_DELAYS[0]
    else:
        if there is not None:
            standing.agree(sync, booking, there)
        standing.be_in_step(sync, booking)


def _handle_failure(sync: BookingSync, booking: Booking, errand: Errand, outcome: Outcome) -> None:
    error = outcome.error
    assert error is not None
    if sync.status == "synced":
        # its webhook was here before the answer
        return
    if not isinstance(error, ResponseTimeout) and not errand.is_repeat:
        sync.first_requested_at = None
    if sync.version != errand.version and not isinstance(error, RateLimited):
        ask(sync, booking, sync.action)
        sync.due_at = now() + RETRY_DELAYS[0]
    elif isinstance(error, CalendarRejected):
        _refused(sync, booking, error, outcome)
    else:
        _retry(sync, booking, error)


def _refused(sync: BookingSync, booking: Booking, error: CalendarRejected, outcome: Outcome) -> None:
    if error.code == "slot_taken":
        free = [standing.in_words(moment, booking.zone) for moment in outcome.free]
        details = f"Dort frei: {'; '.join(free)}" if free else None
        standing.be_in_conflict(sync, booking, "conflict", reason="slot_taken", error=error.message, free=details)
    else:
        standing.fail(sync, booking, reason=error.code, error=error.message)


def _retry(sync: BookingSync, booking: Booking, error: ProviderError) -> None:
    sync.status = "pending"
    OUTBOX.retry(sync, error)
    if error.retry_after_s is None and sync.attempts == ATTEMPTS_BEFORE_TASK:
        standing.tell_desk(booking, "away", cause=f"{sync.id}:away:{booking.version}", reason=error.code)


def try_again(booking_id: str) -> BookingSync:
    """What failed or is in conflict is tried once more, for instance after the desk has made room there. Raises NotFound."""
    locked = standing.lock(booking_id)
    if locked is None:
        raise NotFound()
    booking, sync = locked
    if sync.status in ("failed", "conflict"):
        ask(sync, booking, "look" if sync.reason == "no_room_here" else sync.action)
    elif sync.status == "pending" and sync.claim_token is None:
        sync.due_at = sync.dispatched_at = now()
    db.session.flush()
    return sync


def _surplus(sync: BookingSync) -> tuple[str, ...]:
    rows = select(ExternalEvent.uid).where(ExternalEvent.sync_id == sync.id, ExternalEvent.status == "surplus").order_by(ExternalEvent.uid)
    return tuple(db.session.scalars(rows))


def _order(sync: BookingSync, booking: Booking, mapping: CalendarMapping) -> ExternalBookingRequest:
    return ExternalBookingRequest(
        event_type=mapping.event_type, starts_at=booking.starts_at, contact=_contact(booking, mapping), ref=sync.id,
        minutes=mapping.minutes, notes=booking.notes, metadata={"booking_id": booking.id},
    )  # fmt: skip


def _contact(booking: Booking, mapping: CalendarMapping) -> AttendeeContact:
    """The customer, or the caller's number; a number that no plan knows would have the whole booking refused."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    number = booking.contact_phone or (customer.of_kind("phone") if customer else None)
    if number is None and booking.call_id:
        number = db.session.scalars(select(Call.from_number).where(Call.id == booking.call_id)).first()
    if number and not phone.normalise(number, source="e164").valid:
        number = None
    email = booking.contact_email or (customer.of_kind("email") if customer else None) or (None if number else mapping.contact_email)
    name = (customer.name if customer else None) or "Ohne Namen"
    return AttendeeContact(name, email, number, zone=booking.zone, language=(customer.language if customer else None) or "de")
