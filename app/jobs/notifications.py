"""What the worker does for messages: hands over what is written down, and makes up for jobs that got lost."""

from itertools import groupby

from app.core.queues import job
from app.core.redis import is_reachable
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.notifications import delivery


@job("messages", retry=())
def send_message(notification_id: str) -> None:
    """Hands one message over; what goes wrong is written on its row, which the sweep finds when it is due again."""
    errand = run_in_transaction(lambda: delivery.reserve(notification_id))
    if errand is not None:
        outcome = delivery.hand_over(errand)
        run_in_transaction(lambda: delivery.confirm(errand, outcome))


@job("messages", retry=())
def sweep_messages() -> int:
    """Sends what is due to the workers; without Redis this process hands one of them over itself."""
    with unscoped():
        waiting = run_read_only(delivery.due)
    reachable = is_reachable()
    for company_id, rows in groupby(sorted(waiting), key=lambda row: row[0]):
        ids = [notification_id for _company_id, notification_id in rows]
        with company_scope(company_id):
            if not reachable:
                send_message(ids[0])
                return 1
            run_in_transaction(lambda: _wake(ids))  # noqa: B023 (run at once)
    return len(waiting)


@job("maintenance", retry=())
def forget_bodies() -> int:
    """Links and codes that nobody could send are forgotten when they are good no more."""
    with unscoped():
        return run_in_transaction(delivery.forget_bodies)


def _wake(notification_ids: list[str]) -> None:
    delivery.mark_woken(notification_ids)
    for notification_id in notification_ids:
        send_message.enqueue(notification_id)
