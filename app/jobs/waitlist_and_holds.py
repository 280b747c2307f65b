"""Jobs for bookings: offer freed slots to the waitlist, expire holds and offers."""

from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.bookings import holds, slot_locks, waitlist, waitlist_calls

BATCH_SIZE = 100


@job("bookings")
def offer_freed_slot(booking_id: str) -> None:
    """Offer the slot freed by this booking to the next waitlist entry."""
    run_in_transaction(lambda: waitlist.offer_freed_slot(booking_id))


@job("bookings", retry=())
def expire_holds_and_offers() -> int:
    """Expire holds and offers of all companies and offer the slots to the next entries; returns their number."""
    with unscoped():
        # Offers first: each releases its hold and passes the slot on.
        companies = run_read_only(waitlist.list_companies_with_expired_offers)
    expired = 0
    for company_id in companies:
        with company_scope(company_id):
            expired += run_in_transaction(lambda: waitlist.expire_offers(BATCH_SIZE))
    with unscoped():
        return expired + run_in_transaction(lambda: holds.expire_holds(BATCH_SIZE))


@job("bookings", retry=())
def sweep_waitlist() -> None:
    """Redo lost offers of freed slots, close entries whose window has passed, and tasks to phone that are settled."""
    with unscoped():
        companies = run_read_only(waitlist.list_waiting_companies)
    for company_id in companies:
        with company_scope(company_id):
            run_in_transaction(waitlist.close_past_entries)
            for booking_id in run_read_only(waitlist.list_recently_cancelled):
                offer_freed_slot(booking_id)
    with unscoped():
        companies = run_read_only(waitlist_calls.list_companies_with_tasks)
    for company_id in companies:
        with company_scope(company_id):
            run_in_transaction(waitlist_calls.close_settled)


@job("maintenance", retry=(), timeout_s=600)
def delete_past_slot_locks() -> int:
    """Delete the slot locks of past days, one day per transaction; returns their number."""
    deleted = 0
    with unscoped():
        while batch := run_in_transaction(slot_locks.delete_past_locks):
            deleted += batch
    return deleted
