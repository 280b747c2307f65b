"""What the worker does for bookings: freed times go to who waits, what ran out ends."""

from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.bookings import holds, slot_locks, waitlist

AT_ONCE = 100


@job("bookings")
def refill(booking_id: str) -> None:
    """Offers what a booking left free to the next on the waitlist."""
    run_in_transaction(lambda: waitlist.refill(booking_id))


@job("bookings", retry=())
def end_what_ran_out() -> int:
    """Ends holds and offers whose time is over, of all companies, and asks the next who waits; how many it were."""
    with unscoped():
        # first the offers: each ends its hold and hands the time on
        companies = run_read_only(waitlist.companies_with_late_offers)
    ended = 0
    for company_id in companies:
        with company_scope(company_id):
            ended += run_in_transaction(lambda: waitlist.expire_offers(AT_ONCE))
    with unscoped():
        return ended + run_in_transaction(lambda: holds.expire_holds(AT_ONCE))


@job("bookings", retry=())
def sweep_waitlist() -> None:
    """Makes up for refills that got lost and closes entries whose window is over."""
    with unscoped():
        companies = run_read_only(waitlist.companies_that_wait)
    for company_id in companies:
        with company_scope(company_id):
            run_in_transaction(waitlist.close_past_entries)
            for booking_id in run_read_only(waitlist.recently_cancelled):
                refill(booking_id)


@job("maintenance", retry=(), timeout_s=600)
def forget_past_cells() -> int:
    """Removes the guard of days that are over, day by day; how many cells it were."""
    removed = 0
    with unscoped():
        while done := run_in_transaction(slot_locks.forget_past_day):
            removed += done
    return removed
