"""Errors of a refused booking, with reasons and alternatives."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import AppError, Conflict, InvalidInput
from app.core.extensions import db
from app.domain.scheduling.alternatives import Alternatives
from app.domain.scheduling.types import SchedulingData, Slot
from app.domain.scheduling.unavailability_reasons import TAKEN_CODES, Reason, format_reason
from app.models import Booking, Branch


class BookingError(AppError):
    """A refused booking with its reasons; `alternatives` are queried on first access, not inside the write.

    `overridable` are all the reasons that the desk may ignore, as (code, sentence); empty where it may not.
    """

    def __init__(
        self,
        message: str,
        *,
        reasons: Sequence[Reason] = (),
        find_alternatives: Callable[[], Alternatives] | None = None,
        overridable: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.reasons = tuple(reasons)
        self.overridable = tuple(overridable)
        self._find_alternatives = find_alternatives
        super().__init__(message, reasons=[reason.code for reason in self.reasons])

    @cached_property
    def alternatives(self) -> Alternatives:
        return self._find_alternatives() if self._find_alternatives else Alternatives([], [], [])

    def details(self) -> dict[str, Any]:
        return {**self.data, "alternatives": _to_json(self.alternatives.best())}


class SlotTaken(BookingError, Conflict):
    code = "slot_taken"


class Closed(BookingError, Conflict):
    code = "closed"


class BookingNotAllowed(BookingError, Conflict):
    """Forbidden by the rules: too soon, too far ahead, reserved for staff, too many open bookings."""

    code = "not_allowed"


class ContactMissing(InvalidInput):
    """The caller left neither a number nor an e-mail address, and the company wants one (`contact_required`)."""

    code = "no_contact"


class InThePast(BookingError, InvalidInput):
    code = "in_the_past"


class IdempotencyKeyReused(InvalidInput):
    """The key came with another request before, which made `booking` (draft-ietf-httpapi-idempotency-key-header, error scenarios)."""

    code = "idempotency_key_reused"

    def __init__(self, name: str, booking: Booking) -> None:
        sentence = _("Der Schlüssel „%(key)s“ gehört schon zu einer anderen Anfrage.", key=name)
        super().__init__(sentence, fields={"Idempotency-Key": sentence})
        self.booking = booking


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


def build_error(
    reasons: Sequence[Reason],
    data: SchedulingData,
    *,
    find_alternatives: Callable[[], Alternatives],
    overridable: Sequence[Reason] = (),
) -> BookingError:
    """Build the error for these reasons: SlotTaken if any person or room is merely booked, else by the first reason."""
    taken = next((reason for reason in reasons if reason.code in TAKEN_CODES), None)
    main_reason = taken or reasons[0]
    all_names = {person.id: person.name for person in data.people}
    names = all_names if len(reasons) == 1 else {}
    return ERRORS_BY_CODE.get(main_reason.code, SlotTaken)(
        format_reason(main_reason, names),
        reasons=reasons,
        find_alternatives=find_alternatives,
        overridable=[(reason.code, format_reason(reason, all_names)) for reason in overridable],
    )


def _to_json(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """The slots with the UTC offset of their branch."""
    if not slots:
        return []
    branches = select(Branch.id, Branch.timezone).where(Branch.id.in_({slot.branch_id for slot in slots}))
    zones = {row.id: ZoneInfo(row.timezone) for row in db.session.execute(branches)}
    return [
        {
            "starts_at": slot.starts_at.astimezone(zones[slot.branch_id]).isoformat(),
            "ends_at": slot.ends_at.astimezone(zones[slot.branch_id]).isoformat(),
            "staff_id": slot.staff_id,
            "branch_id": slot.branch_id,
        }
        for slot in slots
    ]
