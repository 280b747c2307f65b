"""Jobs of marketing messages."""

from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.marketing.message_plans import plan_messages
from app.domain.marketing.rules import list_companies


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
