"""What runs when; `flask clock` keeps it."""

from app.core.redis import is_reachable
from app.core.transactions import run_read_only
from app.core.worker import enqueue_due_jobs
from app.domain.inbox import lease
from app.jobs import (
    agents,
    bookings,
    calendar_sync,
    call_reconciliation,
    connections,
    inbox,
    line_checks,
    live_events,
    notifications,
    privacy,
    sessions,
    truth_checks,
)
from app.jobs.scheduler import Entry

# events that wait longer are worked through by the clock itself: the workers are away
WORKERS_AWAY_S = 15.0


def sweep_inbox() -> None:
    """Wakes the workers for events that have been due for a while; without Redis or workers the clock drains them itself."""
    age = run_read_only(lease.oldest_due_age_s)
    if age < 1.0:
        return
    if age < WORKERS_AWAY_S and is_reachable():
        inbox.wake()
    else:
        inbox.drain()


def send_delayed_jobs() -> None:
    if is_reachable():
        enqueue_due_jobs()


SCHEDULE = (
    Entry("inbox.sweep", sweep_inbox, every_s=2),
    Entry("queues.delayed", send_delayed_jobs, every_s=2),
    Entry("bookings.ran_out", bookings.end_what_ran_out, every_s=5),
    Entry("bookings.waitlist", bookings.sweep_waitlist.enqueue, every_s=120),
    Entry("bookings.cells", bookings.forget_past_cells.enqueue, daily_at="03:40"),
    Entry("calendars.sync", calendar_sync.sweep_syncs, every_s=5),
    Entry("calendars.compare", calendar_sync.compare_calendars, every_s=600),
    Entry("calls.compare", call_reconciliation.compare_all, every_s=180),
    Entry("truth.check", truth_checks.sweep, every_s=3),
    Entry("line.late", line_checks.end_late, every_s=15),
    Entry("line.trim", line_checks.trim.enqueue, daily_at="03:50"),
    Entry("messages.sweep", notifications.sweep_messages, every_s=5),
    Entry("messages.forget", notifications.forget_bodies.enqueue, every_s=900),
    Entry("privacy.delete", privacy.sweep_deletions, every_s=10),
    Entry("agents.register", agents.sweep_registrations, every_s=10),
    Entry("agents.check", agents.check_agents.enqueue, every_s=600),
    Entry("connections.look", connections.look_at_connections.enqueue, every_s=900),
    Entry("live.trim", live_events.trim.enqueue, every_s=3600),
    Entry("sessions.forget", sessions.forget_dead.enqueue, every_s=900),
)
