"""The schedule of periodic jobs, run by `flask clock`."""

from app.core.redis import is_reachable
from app.core.transactions import run_read_only
from app.core.worker import enqueue_due_jobs
from app.domain.inbox import lease
from app.jobs import (
    account_mails,
    agents,
    calendar_sync,
    call_reconciliation,
    connections,
    customer_merges,
    inbox,
    line_checks,
    live_event_retention,
    marketing,
    notifications,
    outboxes,
    self_service_links,
    sessions,
    staff_notices,
    tasks,
    truth_checks,
    waitlist_and_holds,
)
from app.jobs.scheduler import ScheduledJob

# Events that wait longer are processed by the clock itself: no worker is running.
WORKERS_MISSING_AFTER_S = 15.0


def sweep_inbox() -> None:
    """Wake the workers for overdue events; without Redis or workers the clock drains the inbox itself."""
    age = run_read_only(lease.get_oldest_due_age_s)
    if age < 1.0:
        return
    if age < WORKERS_MISSING_AFTER_S and is_reachable():
        inbox.wake()
    else:
        inbox.drain()


def enqueue_delayed_jobs() -> None:
    if is_reachable():
        enqueue_due_jobs()


SCHEDULE = (
    ScheduledJob("inbox.sweep", sweep_inbox, every_s=2),
    ScheduledJob("queues.delayed", enqueue_delayed_jobs, every_s=2),
    ScheduledJob("outbox.sweep", outboxes.sweep_outboxes, every_s=5),
    ScheduledJob("bookings.expire", waitlist_and_holds.expire_holds_and_offers, every_s=5),
    ScheduledJob("bookings.waitlist", waitlist_and_holds.sweep_waitlist.enqueue, every_s=120),
    ScheduledJob("bookings.locks", waitlist_and_holds.delete_past_slot_locks.enqueue, daily_at="03:40"),
    ScheduledJob("bookings.links", self_service_links.delete_expired_links.enqueue, daily_at="03:45"),
    ScheduledJob("bookings.calls", tasks.close_call_tasks.enqueue, every_s=900),
    ScheduledJob("calendars.reconcile", calendar_sync.reconcile_calendars, every_s=600),
    ScheduledJob("calls.reconcile", call_reconciliation.reconcile_all, every_s=180),
    ScheduledJob("truth.check", truth_checks.sweep_truth_checks, every_s=3),
    ScheduledJob("line_checks.overdue", line_checks.end_overdue_checks, every_s=15),
    ScheduledJob("line_checks.delete", line_checks.delete_old_checks.enqueue, daily_at="03:50"),
    ScheduledJob("rejections.delete", inbox.delete_old_rejections.enqueue, daily_at="03:55"),
    ScheduledJob("notifications.expire", notifications.delete_expired_bodies.enqueue, every_s=900),
    ScheduledJob("notifications.bounces", notifications.read_bounces.enqueue, every_s=300),
    ScheduledJob("notifications.reminders", notifications.plan_all_reminders.enqueue, daily_at="04:05"),
    ScheduledJob("marketing.plan", marketing.plan_all_marketing.enqueue, every_s=1800),
    ScheduledJob("marketing.delete", marketing.delete_old_consent_links.enqueue, daily_at="04:10"),
    ScheduledJob("customers.merges", customer_merges.forget_old_merges.enqueue, daily_at="04:15"),
    ScheduledJob("staff_notices.digest", staff_notices.send_due_digests.enqueue, every_s=300),
    ScheduledJob("staff_notices.delete", staff_notices.delete_old_staff_notices.enqueue, daily_at="04:00"),
    ScheduledJob("agents.check", agents.check_drift_of_all.enqueue, every_s=600),
    ScheduledJob("connections.check", connections.check_connections.enqueue, every_s=900),
    ScheduledJob("live_events.delete", live_event_retention.delete_old_live_events.enqueue, every_s=3600),
    ScheduledJob("accounts.delete", account_mails.delete_old_account_data.enqueue, every_s=3600),
    ScheduledJob("sessions.delete", sessions.delete_expired_sessions.enqueue, every_s=900),
)
