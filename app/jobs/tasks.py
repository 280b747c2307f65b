"""Jobs of tasks for staff."""

from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.bookings import call_tasks


@job("bookings", retry=())
def close_call_tasks() -> None:
    """Close the tasks to call customers whose appointment is over, in all companies."""
    with unscoped():
        companies = run_read_only(call_tasks.list_companies_with_tasks)
    for company_id in companies:
        with company_scope(company_id):
            run_in_transaction(call_tasks.close_ended)
