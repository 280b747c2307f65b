"""Jobs of marketing messages."""

from app.core.queues import is_shutting_down, job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.marketing.message_plans import plan_messages
from app.domain.marketing.rules import list_companies
from app.domain.notifications.consent_requests import delete_expired_requests

# small, so that writers do not wait for the lock
BATCH_SIZE = 500


@job("maintenance")
def plan_marketing(company_id: str) -> None:
    """Plan the marketing messages of the company that are due by now; the sweep of messages sends them."""
    run_in_transaction(lambda: plan_messages(company_id))


@job("maintenance")
def plan_all_marketing() -> None:
    """Plan for all companies that send any."""
    with unscoped():
        companies = run_read_only(list_companies)
    for company_id in companies:
        with company_scope(company_id):
            plan_marketing.enqueue(company_id)


@job("maintenance", retry=(), timeout_s=600)
def delete_unconfirmed_consents() -> int:
    """Delete what was ticked and never confirmed, in all companies in batches; returns its number."""
    deleted = 0
    with unscoped():
        while not is_shutting_down() and (batch := run_in_transaction(lambda: delete_expired_requests(BATCH_SIZE))):
            deleted += batch
    return deleted
