"""Jobs of messages from people."""

import structlog

from app.core.queues import job
from app.core.transactions import run_in_transaction
from app.domain.replies import dialogue, outbox

log = structlog.get_logger()


@job("messages", retry=())
def answer_message(message_id: str) -> None:
    """Answer one message; an error is stored on its row, which the sweep finds when the next try is due."""
    try:
        following = run_in_transaction(lambda: dialogue.answer_message(message_id))
    except Exception as error:
        failure = error
        log.exception("reply.failed", message=message_id)
        run_in_transaction(lambda: outbox.record_failure(message_id, failure))
        return
    if following is not None:
        answer_message.enqueue(following)
