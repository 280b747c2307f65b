"""The result of applying a change of the external calendar."""

from enum import StrEnum


class ChangeResult(StrEnum):
    """The values are stored as a reconciliation's drift."""

    CREATED = "made"
    # a booking without a sync was the same appointment
    LINKED = "linked"
    RESCHEDULED = "moved"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    # our request took effect twice: one of the two is cancelled there
    DUPLICATE = "surplus"
    # the booking was changed here later: it is sent again
    KEPT_OURS = "kept"
    # its time is taken here; the front desk gets a task
    NO_ROOM = "refused"
    ALREADY_APPLIED = "echo"
    OUTDATED = "old"
    UNKNOWN_BOOKING = "unknown"
    UNMAPPED = "unmapped"
    NOTHING_TO_DO = "none"
