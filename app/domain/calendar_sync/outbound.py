"""Syncs bookings to the company's external calendar: claimed, sent with no transaction open, completed.

`claim` and `complete` belong in a transaction each, `provider_calls.send` between them in none.
"""

from sqlalchemy import select

from app.core import phone
from app.core.clock import now
from app.core.errors import NotFound, ProviderError
from app.core.extensions import db
from app.domain.bookings.cancel import cancel_booking
from app.domain.calendar_sync import state
from app.domain.calendar_sync.enqueue import request_sync
from app.domain.calendar_sync.inbound import apply_snapshot
from app.domain.calendar_sync.mapping import Mappings, find_connection, find_credentials, load_mappings
from app.domain.calendar_sync.provider_calls import Action, SyncCall, SyncResult
from app.domain.calendar_sync.state import OUTBOX, RETRY_DELAYS
from app.models import Booking, BookingSync, CalendarMapping, Call, Customer, ExternalBooking
from app.providers.calendar.base import AttendeeContact, CalendarRejected, Credentials, ExternalBookingRequest, RemoteBooking
from app.providers.http import RateLimited, ResponseTimeout

# after so many failed attempts the front desk gets a task
ATTEMPTS_BEFORE_TASK = 6


def claim(sync_id: str) -> SyncCall | None:
    """Claim the next call that brings the booking into the external calendar; None when there is nothing to do now."""
    booking_id = db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == sync_id)).first()
    pair = state.lock_sync(booking_id) if booking_id else None
    if pair is None:
        return None
    booking, sync = pair
    if not OUTBOX.is_claimable(sync):
        return None
    connection = find_connection(sync.connection_id)
    access = find_credentials(connection) if connection else None
    if connection is None or access is None:
        state.mark_failed(sync, booking, reason="no_key" if connection else "not_connected")
        return None
    action, mapping = _find_next_action(sync, booking, load_mappings(connection.id))
    if action is None:
        state.mark_synced(sync, booking)
        return None
    if action in ("create", "move") and booking.starts_at <= now():
        state.mark_failed(sync, booking, reason="too_late")
        return None
    return _claim_call(sync, booking, action, mapping, provider=connection.provider, access=access)


def _find_next_action(sync: BookingSync, booking: Booking, mappings: Mappings) -> tuple[Action | None, CalendarMapping | None]:
    """The next call, from the booking and what is known of its event; what was requested first does not count."""
    mapping = mappings.find_outbound(booking) if booking.is_active else None
    if booking.is_active and mapping is not None:
        if sync.uid and sync.event_type != mapping.event_type:
            # a move cannot change the event type: a new event is created, then the old one is cancelled
            state.record_external_event(sync.connection_id, sync.uid, "surplus", sync_id=sync.id)
            sync.uid = sync.event_type = None
        if sync.uid is None:
            return "create", mapping
        if sync.action == "confirm":
            return "confirm", mapping
        if sync.action == "read" or (sync.synced_version == sync.version and _list_surplus_uids(sync)):
            return "read", mapping
        return (None if sync.synced_version == sync.version else "move"), mapping
    may_exist = sync.uid or (sync.first_requested_at and sync.event_type)
    if may_exist and (booking.is_active or booking.status == "cancelled"):
        return "cancel", None
    return ("read" if _list_surplus_uids(sync) else None), None


def _claim_call(
    sync: BookingSync, booking: Booking, action: Action, mapping: CalendarMapping | None, *, provider: str, access: Credentials
) -> SyncCall:
    is_repeat = sync.first_requested_at is not None
    if action in ("create", "move"):
        sync.first_requested_at = sync.first_requested_at or now()
    if action == "create" and mapping:
        sync.event_type = mapping.event_type
    sync.action = action
    return SyncCall(
        provider=provider, access=access, action=action, ref=sync.id, version=sync.version, token=OUTBOX.claim(sync),
        requested_at=sync.first_requested_at or sync.created_at, is_repeat=is_repeat, uid=sync.uid, event_type=sync.event_type,
        request=_build_request(sync, booking, mapping) if mapping else None, surplus=_list_surplus_uids(sync),
    )  # fmt: skip


def complete(call: SyncCall, result: SyncResult) -> bool:
    """Store the result; True when the next call is due at once."""
    booking_id = db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == call.ref)).first()
    pair = state.lock_sync(booking_id) if booking_id else None
    if pair is None or not OUTBOX.has_claim(pair[1], call.token):
        return False
    booking, sync = pair
    if result.error is None:
        OUTBOX.release(sync)
    else:
        sync.claim_token = sync.dispatched_at = None
    for uid in result.removed:
        state.record_external_event(sync.connection_id, uid, "over", sync_id=sync.id)
    if result.remote is not None and call.action == "read":
        _apply_reading(sync, booking, call, result.remote)
    elif result.remote is not None:
        _apply_remote(sync, booking, call, result.remote)
    elif result.error is None:
        _apply_removal(sync, booking, call)
    if result.error is not None:
        _handle_failure(sync, booking, call, result)
    db.session.flush()
    return sync.status == "pending" and sync.due_at <= now()


def _apply_remote(sync: BookingSync, booking: Booking, call: SyncCall, remote: RemoteBooking) -> None:
    if not remote.stands:
        # cancelled in the external calendar before we knew its uid
        state.unlink(sync)
        state.record_external_event(sync.connection_id, remote.uid, "over", sync_id=sync.id)
        if booking.is_active:
            cancel_booking(booking.id, state.BY_CALENDAR, reason=remote.reason or "im anderen Kalender abgesagt")
        state.mark_synced(sync, booking)
        return
    state.link(sync, remote)
    sync.synced_version, sync.synced_at, sync.first_requested_at, sync.attempts = call.version, now(), None, 0
    _finish_call(sync, booking, call, remote)


def _apply_reading(sync: BookingSync, booking: Booking, call: SyncCall, remote: RemoteBooking) -> None:
    """The event as read applies here too, if there is room; a change made here meanwhile goes first."""
    connection = find_connection(sync.connection_id)
    if sync.version != call.version or connection is None:
        request_sync(sync, booking, sync.action)
    else:
        sync.status, sync.reason = "conflict", "no_room_here"
        apply_snapshot(connection, remote)


def _apply_removal(sync: BookingSync, booking: Booking, call: SyncCall) -> None:
    vanished = call.action == "read" and call.uid and booking.is_active
    state.unlink(sync)
    if vanished:
        request_sync(sync, booking, "create")
        return
    sync.synced_version, sync.synced_at, sync.first_requested_at, sync.attempts = call.version, now(), None, 0
    _finish_call(sync, booking, call, None)


def _finish_call(sync: BookingSync, booking: Booking, call: SyncCall, remote: RemoteBooking | None) -> None:
    """Synced, unless the booking has changed meanwhile or surplus events are left."""
    if sync.version != call.version:
        request_sync(sync, booking, sync.action)
    elif _list_surplus_uids(sync):
        sync.status, sync.due_at = "pending", now() + RETRY_DELAYS[0]
    else:
        if remote is not None:
            state.confirm_status(sync, booking, remote)
        state.mark_synced(sync, booking)


def _handle_failure(sync: BookingSync, booking: Booking, call: SyncCall, result: SyncResult) -> None:
    error = result.error
    assert error is not None
    if sync.status == "synced":
        # its webhook arrived before the answer
        return
    if not isinstance(error, ResponseTimeout) and not call.is_repeat:
        sync.first_requested_at = None
    if sync.version != call.version and not isinstance(error, RateLimited):
        request_sync(sync, booking, sync.action)
        sync.due_at = now() + RETRY_DELAYS[0]
    elif isinstance(error, CalendarRejected):
        _handle_rejection(sync, booking, error, result)
    else:
        _retry(sync, booking, error)


def _handle_rejection(sync: BookingSync, booking: Booking, error: CalendarRejected, result: SyncResult) -> None:
    if error.code == "slot_taken":
        free = [state.format_time(starts_at, booking.timezone) for starts_at in result.free_slots]
        details = f"Dort frei: {'; '.join(free)}" if free else None
        state.mark_conflict(sync, booking, "conflict", reason="slot_taken", error=error.message, free=details)
    else:
        state.mark_failed(sync, booking, reason=error.code, error=error.message)


def _retry(sync: BookingSync, booking: Booking, error: ProviderError) -> None:
    sync.status = "pending"
    OUTBOX.retry(sync, error)
    if error.retry_after_s is None and sync.attempts == ATTEMPTS_BEFORE_TASK:
        state.create_sync_task(booking, "away", cause=f"{sync.id}:away:{booking.version}", reason=error.code)


def retry_sync(booking_id: str) -> BookingSync:
    """Request a failed or conflicting sync again, for instance after room was made in the external calendar. Raises NotFound."""
    pair = state.lock_sync(booking_id)
    if pair is None:
        raise NotFound()
    booking, sync = pair
    if sync.status in ("failed", "conflict"):
        request_sync(sync, booking, "read" if sync.reason == "no_room_here" else sync.action)
    elif sync.status == "pending" and sync.claim_token is None:
        sync.due_at = sync.dispatched_at = now()
    db.session.flush()
    return sync


def _list_surplus_uids(sync: BookingSync) -> tuple[str, ...]:
    rows = (
        select(ExternalBooking.uid)
        .where(ExternalBooking.sync_id == sync.id, ExternalBooking.status == "surplus")
        .order_by(ExternalBooking.uid)
    )
    return tuple(db.session.scalars(rows))


def _build_request(sync: BookingSync, booking: Booking, mapping: CalendarMapping) -> ExternalBookingRequest:
    return ExternalBookingRequest(
        event_type=mapping.event_type, starts_at=booking.starts_at, contact=_build_contact(booking, mapping), ref=sync.id,
        minutes=mapping.minutes, notes=booking.notes, metadata={"booking_id": booking.id},
    )  # fmt: skip


def _build_contact(booking: Booking, mapping: CalendarMapping) -> AttendeeContact:
    """The customer, or the caller's number; an invalid number is left out, since the provider would reject the booking for it."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    number = booking.contact_phone or (customer.of_kind("phone") if customer else None)
    if number is None and booking.call_id:
        number = db.session.scalars(select(Call.from_number).where(Call.id == booking.call_id)).first()
    if number and not phone.normalise(number, source="e164").valid:
        number = None
    email = booking.contact_email or (customer.of_kind("email") if customer else None) or (None if number else mapping.contact_email)
    name = (customer.name if customer else None) or "Ohne Namen"
    return AttendeeContact(name, email, number, timezone=booking.timezone, language=(customer.language if customer else None) or "de")
