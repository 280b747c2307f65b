"""What we have asked a number and wait to hear: begun, ended, and for how long it counts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.models import Booking, ReplyDialogue

Step = Literal["cancel", "offer", "which", "matter"]
Action = Literal["confirm", "keep", "move", "cancel"]
QUESTION_TIME = timedelta(hours=24)
# so long after a question has ended its answer is not taken for one to anything else
ECHO_TIME = timedelta(days=3)


def lock_dialogue(sender_index: str) -> ReplyDialogue:
    """Find or create the row of this number, locked: one message of it at a time."""
    row = select(ReplyDialogue).where(ReplyDialogue.sender_index == sender_index).with_for_update()
    row = row.execution_options(populate_existing=True)
    if (existing := db.session.scalars(row).first()) is not None:
        return existing
    try:
        with db.session.begin_nested():
            db.session.add(ReplyDialogue(sender_index=sender_index, options=[], unclear_count=0))
    except IntegrityError:
        pass
    return db.session.scalars(row).one()


def get_step(dialogue: ReplyDialogue) -> Step | None:
    """Get the question that is open."""
    return dialogue.step if dialogue.expires_at and dialogue.expires_at > now() else None  # type: ignore[return-value]


def get_asked_at(dialogue: ReplyDialogue) -> datetime | None:
    """When the question that is open was asked."""
    return dialogue.expires_at - QUESTION_TIME if dialogue.expires_at and get_step(dialogue) else None


def is_echo_of(dialogue: ReplyDialogue, step: Step) -> bool:
    """Whether this question was asked and has ended a short while ago."""
    return dialogue.step == step and dialogue.expires_at is not None and now() - ECHO_TIME < dialogue.expires_at <= now()


def ask_about_cancellation(dialogue: ReplyDialogue, booking: Booking) -> None:
    """Wait for a yes to cancel this appointment as it stands now."""
    _open(dialogue, "cancel", booking)
    dialogue.options = [booking.version]


def ask_about_times(dialogue: ReplyDialogue, booking: Booking, times: Sequence[datetime]) -> None:
    """Wait for one of these times; the ones before are remembered, not to be offered again."""
    before = list_offered(dialogue) if dialogue.step == "offer" and dialogue.booking_id == booking.id else []
    _open(dialogue, "offer", booking)
    dialogue.options = [*(start.isoformat() for start in before if start not in times), *(start.isoformat() for start in times)]
    dialogue.action = str(len(times))


def ask_about_appointments(dialogue: ReplyDialogue, action: Action, bookings: Sequence[Booking]) -> None:
    """Wait for which of these appointments is meant by what the customer wants."""
    _open(dialogue, "which", None)
    dialogue.action, dialogue.options = action, [booking.id for booking in bookings]


def ask_about_matter(dialogue: ReplyDialogue, choices: Sequence[tuple[str, str]]) -> None:
    """Wait for what is meant: each choice is what is done, and the id of the offer or the appointment that it is done to."""
    _open(dialogue, "matter", None)
    dialogue.options = [list(choice) for choice in choices]


def list_offered(dialogue: ReplyDialogue) -> list[datetime]:
    """All times that were offered since the customer asked for another one."""
    return [datetime.fromisoformat(start) for start in dialogue.options]


def list_current_offer(dialogue: ReplyDialogue) -> list[datetime]:
    """The times that the last message named, by their numbers."""
    return list_offered(dialogue)[-int(dialogue.action or 0) :]


def close(dialogue: ReplyDialogue) -> None:
    """Nothing is open any more."""
    dialogue.step = dialogue.action = dialogue.booking_id = dialogue.expires_at = None
    dialogue.options, dialogue.unclear_count = [], 0


def _open(dialogue: ReplyDialogue, step: Step, booking: Booking | None) -> None:
    dialogue.step, dialogue.booking_id, dialogue.action = step, booking.id if booking else None, None
    dialogue.expires_at, dialogue.unclear_count = now() + QUESTION_TIME, 0
