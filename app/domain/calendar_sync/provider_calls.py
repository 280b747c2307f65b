"""The calls to an external calendar that one booking needs, so that none takes effect twice; no database here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from app.core.errors import ProviderError
from app.providers import open_calendar
from app.providers.calendar.base import Calendar, CalendarRejected, Credentials, ExternalBookingRequest, RemoteBooking
from app.providers.http import ResponseTimeout

Action = Literal["create", "move", "cancel", "confirm", "read"]
MAX_MOVES_FOLLOWED = 10
# around a taken time, for free ones
SEARCH_RADIUS = timedelta(days=3)
MAX_FREE_SLOTS = 6


@dataclass(frozen=True, slots=True)
class SyncCall:
    """A claimed call for one booking, as plain values.

    A request since `requested_at` may have taken effect already, so a repeat reads first. The events of `surplus` are to be cancelled.
    """

    provider: str
    access: Credentials
    action: Action
    ref: str
    version: int
    token: str
    requested_at: datetime
    is_repeat: bool = False
    uid: str | None = None
    event_type: str | None = None
    request: ExternalBookingRequest | None = None
    surplus: tuple[str, ...] = ()


@dataclass(slots=True)
class SyncResult:
    """The event as it is now (None: unknown, or cancelled as requested), the removed surplus, and the error."""

    remote: RemoteBooking | None = None
    error: ProviderError | None = None
    removed: list[str] = field(default_factory=list)
    # free times near one that is taken
    free_slots: list[datetime] = field(default_factory=list)


def send(call: SyncCall) -> SyncResult:
    """Call the external calendar; takes a few time-outs at most and raises no provider error."""
    remote, result = open_calendar(call.provider, call.access), SyncResult()
    try:
        result.remote = HANDLERS[call.action](remote, call, result)
        _remove_surplus(remote, call, result)
    except ProviderError as error:
        result.error = error
        if error.code == "slot_taken":
            result.free_slots = _find_free_slots(remote, call)
    return result


def _create(remote: Calendar, call: SyncCall, result: SyncResult) -> RemoteBooking:
    request = call.request
    assert request is not None
    if call.is_repeat and (existing := _find_by_ref(remote, call)):
        return existing if not existing.stands else _move_to(remote, existing, request.starts_at)
    try:
        return remote.create_booking(request)
    except CalendarRejected as rejected:
        if rejected.code != "slot_taken":
            raise
        # our own first request may have taken the slot
        if existing := _find_by_ref(remote, call):
            return existing
        if not call.surplus:
            raise
        # or the event that this one replaces has it
        _remove_surplus(remote, call, result)
        return remote.create_booking(request)
    except ResponseTimeout:
        if existing := _try_read(lambda: _find_by_ref(remote, call)):
            return existing
        raise


def _move(remote: Calendar, call: SyncCall, _result: SyncResult) -> RemoteBooking:
    request, uid = call.request, call.uid
    assert request is not None and uid is not None
    if call.is_repeat:
        latest = _find_latest(remote, uid)
        return latest if latest and not latest.stands else _move_to(remote, latest, request.starts_at, uid=uid)
    try:
        return remote.reschedule(uid, request.starts_at)
    except CalendarRejected as rejected:
        if rejected.code not in ("gone", "not_found"):
            raise
        # it was moved or cancelled in the external calendar
        latest = _find_latest(remote, uid)
        if latest is None:
            raise
        return _move_to(remote, latest, request.starts_at) if latest.stands else latest
    except ResponseTimeout:
        latest = _try_read(lambda: _find_latest(remote, uid))
        if latest and latest.stands and latest.starts_at == request.starts_at:
            return latest
        raise


def _cancel(remote: Calendar, call: SyncCall, _result: SyncResult) -> None:
    uid = call.uid
    if uid is None:
        existing = _find_by_ref(remote, call)
        uid = existing.uid if existing and existing.stands else None
    if uid is not None:
        _remove(remote, uid)


def _confirm(remote: Calendar, call: SyncCall, _result: SyncResult) -> RemoteBooking | None:
    assert call.uid is not None
    return remote.confirm(call.uid)


def _read(remote: Calendar, call: SyncCall, _result: SyncResult) -> RemoteBooking | None:
    return remote.get(call.uid) if call.uid else None


HANDLERS: dict[Action, Callable[[Calendar, SyncCall, SyncResult], RemoteBooking | None]] = {
    "create": _create, "move": _move, "cancel": _cancel, "confirm": _confirm, "read": _read,
}  # fmt: skip


def _remove_surplus(remote: Calendar, call: SyncCall, result: SyncResult) -> None:
    for uid in call.surplus:
        if uid not in result.removed:
            _remove(remote, uid)
            result.removed.append(uid)


def _remove(remote: Calendar, uid: str) -> None:
    """Cancel it, under its latest uid where it was moved meanwhile."""
    if not remote.cancel(uid) and (latest := _find_latest(remote, uid)) and latest.stands:
        remote.cancel(latest.uid)


def _find_by_ref(remote: Calendar, call: SyncCall) -> RemoteBooking | None:
    """The event with our reference that an earlier request has created, without surplus ones."""
    assert call.event_type is not None
    existing = remote.find_by_ref(call.ref, event_type=call.event_type, created_after=call.requested_at)
    if existing is not None and existing.moved_to:
        existing = _find_latest(remote, existing.moved_to)
    return None if existing is None or existing.uid in call.surplus else existing


def _find_latest(remote: Calendar, uid: str) -> RemoteBooking | None:
    """The event under its latest uid."""
    existing = remote.get(uid)
    for _move in range(MAX_MOVES_FOLLOWED):
        if existing is None or not existing.moved_to:
            break
        existing = remote.get(existing.moved_to)
    return existing


def _move_to(remote: Calendar, existing: RemoteBooking | None, starts_at: datetime, *, uid: str | None = None) -> RemoteBooking:
    if existing is not None and existing.starts_at == starts_at:
        return existing
    return remote.reschedule(existing.uid if existing else uid or "", starts_at)


def _try_read(run: Callable[[], RemoteBooking | None]) -> RemoteBooking | None:
    """A read after an error; where it fails too, the first error counts."""
    try:
        return run()
    except ProviderError:
        return None


def _find_free_slots(remote: Calendar, call: SyncCall) -> list[datetime]:
    if call.request is None or call.event_type is None:
        return []
    since = call.request.starts_at
    try:
        slots = remote.list_slots(call.event_type, since - timedelta(hours=4), since + SEARCH_RADIUS, ignoring=call.uid)
    except ProviderError:
        return []
    nearest = sorted(slots, key=lambda slot: abs(slot.starts_at - since))[:MAX_FREE_SLOTS]
    return sorted(slot.starts_at for slot in nearest)
