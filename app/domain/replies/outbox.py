"""The outbox of messages that wait for their answer, in the order in which each sender wrote them."""

from datetime import timedelta

from app.core.clock import now
from app.core.outbox import MAX_ERROR_LENGTH, Outbox
from app.domain.replies.handover import hand_over
from app.domain.replies.state import lock_dialogue
from app.models import InboundMessage

LEASE = timedelta(seconds=60)
RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (2, 10, 60, 300, 1800))
OUTBOX = Outbox(InboundMessage, lease=LEASE, retry_delays=RETRY_DELAYS)


def record_failure(message_id: str, error: Exception) -> None:
    """Try the message again after a growing delay; after the last one people read it."""
    message = OUTBOX.lock(message_id)
    if message is None or message.status != "pending":
        return
    if message.attempts < len(RETRY_DELAYS):
        OUTBOX.postpone(message, RETRY_DELAYS[message.attempts], attempts=message.attempts + 1)
        message.error = type(error).__name__[:MAX_ERROR_LENGTH]
        return
    hand_over(message, lock_dialogue(message.sender_index), booking=None)
    OUTBOX.complete(message, "dead")
    message.result, message.finished_at, message.error = "handed_over", now(), type(error).__name__[:MAX_ERROR_LENGTH]
