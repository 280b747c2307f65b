"""Jobs of messages to people."""

import structlog

from app.core.errors import ProviderError
from app.core.queues import is_shutting_down, job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.bookings import planned_messages
from app.domain.notifications import bounces, delivery, held_messages
from app.domain.notifications.message_policies import list_planning_companies
from app.domain.operations import technical_data_retention
from app.jobs import message_writers

log = structlog.get_logger()


@job("messages", retry=())
def send_notification(notification_id: str) -> None:
    """Deliver one message; an error is stored on its row, which the sweep finds when the next try is due."""
    attempt = run_in_transaction(lambda: delivery.claim(notification_id, message_writers))
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
        return run_in_transaction(technical_data_retention.delete_expired_bodies)


@job("maintenance", retry=(), timeout_s=600)
def read_bounces() -> int:
    """Read the mails that came back, and note their messages as failed; returns the number of these. The next run continues."""
    failed = 0
    with unscoped():
        while not is_shutting_down():
            position = run_read_only(bounces.find_position)
            try:
                batch = bounces.read_new_mails(position)
            except ProviderError as error:
                log.warning("bounces.mailbox_failed", code=error.code, error=error.message)
                return failed
            if batch is None or batch.position == position:
                return failed
            failed += run_in_transaction(lambda: bounces.apply_batch(batch))  # noqa: B023 (run at once)
            if not batch.has_more:
                break
    return failed


@job("maintenance")
def plan_reminders_anew(after: str | None = None) -> None:
    """Plan the messages of all upcoming bookings of the company by its new rules, one batch a job; first what is held already."""
    if after is None:
        run_in_transaction(held_messages.hold_anew)
    following = run_in_transaction(lambda: planned_messages.plan_upcoming(after))
    if following is not None:
        plan_reminders_anew.enqueue(following)


@job("maintenance")
def plan_all_reminders() -> None:
    """Make up for lost plans, and for bookings that came in without an event, in all companies with rules or texts of their own."""
    with unscoped():
        companies = run_read_only(list_planning_companies)
    for company_id in companies:
        with company_scope(company_id):
            plan_reminders_anew.enqueue()
