"""Who writes the messages that leave long after their cause, and says which of them are not needed any more."""

from collections.abc import Callable

from app.domain.bookings import planned_messages
from app.domain.bookings.message_writer import attach, lay_out
from app.domain.bookings.notifications import rewrite_offer
from app.domain.calls import callback_promises, held_times, missed_calls
from app.domain.marketing import message_writer as marketing
from app.domain.notifications.message_kinds import MARKETING_KINDS
from app.models import Notification

# what delivery asks of a writer (domain/notifications/writer_protocol)
__all__ = ("attach", "is_outdated", "lay_out", "write")


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text of a planned message that leaves now; None where there is nothing to say any more."""
    return WRITERS[row.kind](row)


def is_outdated(row: Notification) -> bool:
    """Whether what a message says does not hold any more, though it was written already."""
    return row.kind in CHECKS and CHECKS[row.kind](row)


WRITERS: dict[str, Callable[[Notification], tuple[str, str] | None]] = {
    **{name: kind.write for name, kind in planned_messages.KINDS.items()},
    "missed_call": missed_calls.write, "hold_link": held_times.write, "callback_promise": callback_promises.write,
    "waitlist_offer": rewrite_offer, **dict.fromkeys(MARKETING_KINDS, marketing.write),
}  # fmt: skip
CHECKS: dict[str, Callable[[Notification], bool]] = {
    "missed_call": missed_calls.is_outdated, "hold_link": held_times.is_outdated, "callback_promise": callback_promises.is_outdated,
    **dict.fromkeys(MARKETING_KINDS, marketing.is_outdated),
}  # fmt: skip
