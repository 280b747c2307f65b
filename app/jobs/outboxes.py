"""One sweep of all outboxes: the rows are the truth, jobs are hints that may get lost."""

import structlog

from app.core.queues import Job
from app.domain.operations.backlog import OUTBOXES
from app.jobs.account_mails import send_account_mail
from app.jobs.agents import deploy_agent
from app.jobs.calendar_sync import sync_booking
from app.jobs.notifications import send_notification
from app.jobs.provider_deletions import delete_call_at_provider
from app.jobs.replies import answer_message
from app.jobs.staff_notices import send_push

log = structlog.get_logger()
# the job of each outbox
JOBS: dict[str, Job] = {
    "replies": answer_message, "messages": send_notification, "account_mails": send_account_mail, "pushes": send_push,
    "calendars": sync_booking, "deletions": delete_call_at_provider, "agents": deploy_agent,
}  # fmt: skip
# short enough for the clock to run one of them itself while Redis is away
INLINE = frozenset({"replies", "messages", "account_mails", "pushes", "calendars"})


def sweep_outboxes() -> int:
    """Enqueue what is due in every outbox; how many rows that were. The failure of one outbox does not stop the others."""
    return sum(sweep_outbox(name) for name in OUTBOXES)


def sweep_outbox(name: str) -> int:
    try:
        return OUTBOXES[name].sweep(JOBS[name], runs_inline=name in INLINE)
    except Exception:
        log.exception("outbox.sweep_failed", outbox=name)
        return 0
