"""The calls to a calendar elsewhere that one booking needs, made so that none of them is done twice; knows no database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from app.core.errors import ProviderError
from app.providers import open_calendar
from app.providers.calendar.base import Calendar, CalendarRejected, Credentials, ExternalBookingRequest, RemoteBooking
from app.providers.http import ResponseTimeout

Action = Literal["make", "move", "cancel", "confirm", "look"]
LONGEST_CHAIN = 10
# how far ahead other times are looked for when one is taken
REACH = timedelta(days=3)
MOST_FREE = 6


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done there for one booking, as plain values.

    `asked_at`: since then a request may have done it already, so look before asking. `surplus` are names that must not stand there.
    """

    provider: str
    access: Credentials
    action: Action
    ref: str
    version: int
    token: str
    asked_at: datetime
    is_repeat: bool = False
    uid: str | None = None
    event_type: str | None = None
    order: ExternalBookingRequest | None = None
    surplus: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """How it stands there now (None: not known, or it is cancelled as it should be), what was tidied up, and what went wrong."""

    there: RemoteBooking | None = None
    error: ProviderError | None = None
    tidied: list[str] = field(default_factory=list)
    # other times that are free there, where the wanted one is taken
    free: list[datetime] = field(default_factory=list)


def send(errand: Errand) -> Outcome:
    """Calls the other calendar; takes a few time-outs at the longest and raises nothing that a provider can cause."""
    there, outcome = open_calendar(errand.provider, errand.access), Outcome()
    try:
        outcome.there = STEPS[errand.action](there, errand, outcome)
        _tidy(there, errand, outcome)
    except ProviderError as error:
        outcome.error = error
        if error.code == "slot_taken":
            outcome.free = _free_instead(there, errand)
    return outcome


def _make(there: Calendar, errand: Errand, outcome: Outcome) -> RemoteBooking:
    order = errand.order
    assert order is not None
    if errand.is_repeat and (found := _look(there, errand)):
        return found if not found.stands else _bring_to(there, found, order.starts_at)
    try:
        return there.create_booking(order)
    except CalendarRejected as refused:
        if refused.code != "slot_taken":
            raise
        # it may be our own first request that has the slot
        if found := _look(there, errand):
            return found
        if not errand.surplus:
            raise
        # or the booking whose place this one takes
        _tidy(there, errand, outcome)
        return there.create_booking(order)
    except ResponseTimeout:
        if found := _quietly(lambda: _look(there, errand)):
            return found
        raise


def _move(there: Calendar, errand: Errand, _outcome: Outcome) -> RemoteBooking:
    order, uid = errand.order, errand.uid
    assert order is not None and uid is not None
    if errand.is_repeat:
        present = _present(there, uid)
        return present if present and not present.stands else _bring_to(there, present, order.starts_at, uid=uid)
    try:
        return there.reschedule(uid, order.starts_at)
    except CalendarRejected as refused:
        if refused.code not in ("gone", "not_found"):
            raise
        # somebody was faster there: moved it, or cancelled it
        present = _present(there, uid)
        if present is None:
            raise
        return _bring_to(there, present, order.starts_at) if present.stands else present
    except ResponseTimeout:
        present = _quietly(lambda: _present(there, uid))
        if present and present.stands and present.starts_at == order.starts_at:
            return present
        raise


def _cancel(there: Calendar, errand: Errand, _outcome: Outcome) -> None:
    uid = errand.uid
    if uid is None:
        found = _look(there, errand)
        uid = found.uid if found and found.stands else None
    if uid is not None:
        _remove(there, uid)


def _confirm(there: Calendar, errand: Errand, _outcome: Outcome) -> RemoteBooking | None:
    assert errand.uid is not None
    return there.confirm(errand.uid)


def _only_look(there: Calendar, errand: Errand, _outcome: Outcome) -> RemoteBooking | None:
    return there.get(errand.uid) if errand.uid else None


STEPS: dict[Action, Callable[[Calendar, Errand, Outcome], RemoteBooking | None]] = {
    "make": _make, "move": _move, "cancel": _cancel, "confirm": _confirm, "look": _only_look,
}  # fmt: skip


def _tidy(there: Calendar, errand: Errand, outcome: Outcome) -> None:
    for uid in errand.surplus:
        if uid not in outcome.tidied:
            _remove(there, uid)
            outcome.tidied.append(uid)


def _remove(there: Calendar, uid: str) -> None:
    """Cancels it, under another name where somebody has moved it meanwhile."""
    if not there.cancel(uid) and (present := _present(there, uid)) and present.stands:
        there.cancel(present.uid)


def _look(there: Calendar, errand: Errand) -> RemoteBooking | None:
    """The booking with our mark that an earlier request has made, but for those that are to go."""
    assert errand.event_type is not None
    found = there.find_by_ref(errand.ref, event_type=errand.event_type, created_after=errand.asked_at)
    if found is not None and found.moved_to:
        found = _present(there, found.moved_to)
    return None if found is None or found.uid in errand.surplus else found


def _present(there: Calendar, uid: str) -> RemoteBooking | None:
    """The booking under its last name."""
    found = there.get(uid)
    for _move_of_it in range(LONGEST_CHAIN):
        if found is None or not found.moved_to:
            break
        found = there.get(found.moved_to)
    return found


def _bring_to(there: Calendar, found: RemoteBooking | None, starts_at: datetime, *, uid: str | None = None) -> RemoteBooking:
    if found is not None and found.starts_at == starts_at:
        return found
    return there.reschedule(found.uid if found else uid or "", starts_at)


def _quietly(look: Callable[[], RemoteBooking | None]) -> RemoteBooking | None:
    """A second look after the first trouble; where it fails too, the first trouble counts."""
    try:
        return look()
    except ProviderError:
        return None


def _free_instead(there: Calendar, errand: Errand) -> list[datetime]:
    if errand.order is None or errand.event_type is None:
        return []
    since = errand.order.starts_at
    try:
        slots = there.list_slots(errand.event_type, since - timedelta(hours=4), since + REACH, ignoring=errand.uid)
    except ProviderError:
        return []
    nearest = sorted(slots, key=lambda slot: abs(slot.starts_at - since))[:MOST_FREE]
    return sorted(slot.starts_at for slot in nearest)
