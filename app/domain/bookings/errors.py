"""Errors of a refused booking, with reasons and alternatives."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from app.core.errors import AppError, Conflict, InvalidInput
from app.domain.scheduling.alternatives import Alternatives
from app.domain.scheduling.reasons import Reason, format_reason
from app.domain.scheduling.types import SchedulingData, Slot


class BookingError(AppError):
    """A refused booking with its reasons; `alternatives` are queried on first access, not inside the write."""

    def __init__(
        self, message: str, *, reasons: Sequence[Reason] = (), find_alternatives: Callable[[], Alternatives] | None = None
    ) -> None:
        self.reasons = tuple(reasons)
        self._find_alternatives = find_alternatives
        super().__init__(message, reasons=[reason.code for reason in self.reasons])

    @cached_property
    def alternatives(self) -> Alternatives:
        return self._find_alternatives() if self._find_alternatives else Alternatives([], [], [])

    def details(self) -> dict[str, Any]:
        return {**self.data, "alternatives": [slot_to_json(slot) for slot in self.alternatives.best()]}


class SlotTaken(BookingError, Conflict):
    code = "slot_taken"


class Closed(BookingError, Conflict):
    code = "closed"


class BookingNotAllowed(BookingError, Conflict):
    """Forbidden by the rules: too soon, too far ahead, reserved for staff, too many open bookings."""

    code = "not_allowed"


class InThePast(BookingError, InvalidInput):
    code = "in_the_past"


ERRORS_BY_CODE: dict[str, type[BookingError]] = {
    "in_the_past": InThePast,
    "too_soon": BookingNotAllowed,
    "too_far": BookingNotAllowed,
    "policy": BookingNotAllowed,
    "not_offered": BookingNotAllowed,
    "holiday": Closed,
    "closure": Closed,
    "closed": Closed,
    "nobody_on_shift": Closed,
}


def build_error(reasons: Sequence[Reason], data: SchedulingData, *, find_alternatives: Callable[[], Alternatives]) -> BookingError:
    """Build the error for these reasons: SlotTaken if any person or room is merely booked, else by the first reason."""
    taken = next((reason for reason in reasons if reason.code in ("booked", "buffer", "room_taken")), None)
    main_reason = taken or reasons[0]
    names = {person.id: person.name for person in data.people if len(reasons) == 1}
    return ERRORS_BY_CODE.get(main_reason.code, SlotTaken)(
        format_reason(main_reason, names), reasons=reasons, find_alternatives=find_alternatives
    )


def slot_to_json(slot: Slot) -> dict[str, Any]:
    return {
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "staff_id": slot.staff_id,
        "branch_id": slot.branch_id,
    }
