"""Jobs of messages to people."""

from app.core.queues import job
from app.core.tenancy import unscoped
from app.core.transactions import run_in_transaction
from app.domain.notifications import delivery


@job("messages", retry=())
def send_notification(notification_id: str) -> None:
    """Deliver one message; an error is stored on its row, which the sweep finds when the next try is due."""
    attempt = run_in_transaction(lambda: delivery.claim(notification_id))
    if attempt is None:
        return
    result = delivery.send(attempt)
    following = run_in_transaction(lambda: delivery.complete(attempt, result))
    if following is not None:
        send_notification.enqueue(following)


@job("maintenance", retry=())
def delete_expired_bodies() -> int:
    """Delete the links and codes of messages that were never sent and have expired."""
    with unscoped():
        return run_in_transaction(delivery.delete_expired_bodies)
