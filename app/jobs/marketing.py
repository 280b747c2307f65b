"""Jobs of marketing messages."""

from app.core.queues import is_shutting_down, job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.marketing.message_plans import plan_messages
from app.domain.marketing.rules import list_companies
from app.domain.notifications.consent_requests import delete_expired_requests
from app.domain.notifications.marketing_consents import delete_old_withdrawal_links

# small, so that writers do not wait for the lock
BATCH_SIZE = 500


@job("maintenance")
def plan_marketing(company_id: str) -> None:
    """Plan the marketing messages of the company that are due by now; the sweep of messages sends them."""
    plan_messages(company_id)


@job("maintenance")
def plan_all_marketing() -> None:
    """Plan for all companies that send any."""
    with unscoped():
        companies = run_read_only(list_companies)
    for company_id in companies:
        with company_scope(company_id):
            plan_marketing.enqueue(company_id)


@job("maintenance", retry=(), timeout_s=600)
def delete_old_consent_links() -> int:
    """Delete what was ticked and never confirmed, and links that nobody needs, in all companies in batches; returns their number."""
    deleted = 0
    with unscoped():
        for delete in (delete_expired_requests, delete_old_withdrawal_links):
            while not is_shutting_down() and (batch := run_in_transaction(lambda: delete(BATCH_SIZE))):  # noqa: B023 (run at once)
                deleted += batch
    return deleted
