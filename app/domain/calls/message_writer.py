"""Writes the messages that leave long after their cause, each by the subject that it is about, and says which are not needed any more."""

from collections.abc import Callable

from app.domain.bookings import message_writer as bookings
from app.domain.bookings.notifications import rewrite_offer
from app.domain.calls import callback_promises, held_times, missed_calls
from app.domain.marketing import message_writer as marketing
from app.domain.notifications.message_kinds import MARKETING_KINDS
from app.models import Notification
from app.providers.messaging.base import CalendarFile


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text of a planned message that leaves now; None where there is nothing to say any more."""
    return WRITERS[row.kind](row)


def is_outdated(row: Notification) -> bool:
    """Whether what a message says does not hold any more, though it was written already."""
    return row.kind in CHECKS and CHECKS[row.kind](row)


def lay_out(row: Notification) -> str:
    """The HTML part of a mail."""
    return bookings.lay_out(row)


def attach(row: Notification) -> CalendarFile | None:
    """The calendar file that goes with a mail; None without one."""
    return bookings.attach(row)


WRITERS: dict[str, Callable[[Notification], tuple[str, str] | None]] = {
    "booking_reminder": bookings.write, "missed_call": missed_calls.write, "hold_link": held_times.write,
    "callback_promise": callback_promises.write, "waitlist_offer": rewrite_offer, **dict.fromkeys(MARKETING_KINDS, marketing.write),
}  # fmt: skip
CHECKS: dict[str, Callable[[Notification], bool]] = {
    "missed_call": missed_calls.is_outdated, "hold_link": held_times.is_outdated, "callback_promise": callback_promises.is_outdated,
    **dict.fromkeys(MARKETING_KINDS, marketing.is_outdated),
}  # fmt: skip
