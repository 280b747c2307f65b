"""What the worker does for bookings: freed times go to who waits, what ran out ends."""

from app.core.queues import job
from app.core.tenancy import company_scope, every_company
from app.core.transactions import read, transact
from app.domain.bookings import holds, slot_locks, waitlist

AT_ONCE = 100


@job("bookings")
def refill(booking_id: str) -> None:
    """Offers what a booking left free to the next on the waitlist."""
    transact(lambda: waitlist.refill(booking_id))


@job("bookings", retry=())
def end_what_ran_out() -> int:
    """Ends holds and offers whose time is over, of all companies, and asks the next who waits; how many it were."""
    with every_company():
        # first the offers: each ends its hold and hands the time on
        companies = read(waitlist.companies_with_late_offers)
    ended = 0
    for company_id in companies:
        with company_scope(company_id):
            ended += transact(lambda: waitlist.expire_offers(AT_ONCE))
    with every_company():
        return ended + transact(lambda: holds.expire_holds(AT_ONCE))


@job("bookings", retry=())
def sweep_waitlist() -> None:
    """Makes up for refills that got lost and closes entries whose window is over."""
    with every_company():
        companies = read(waitlist.companies_that_wait)
    for company_id in companies:
        with company_scope(company_id):
            transact(waitlist.close_past_entries)
            for booking_id in read(waitlist.recently_cancelled):
                refill(booking_id)


@job("maintenance", retry=(), timeout_s=600)
def forget_past_cells() -> int:
    """Removes the guard of days that are over, day by day; how many cells it were."""
    removed = 0
    with every_company():
        while done := transact(slot_locks.forget_past_day):
            removed += done
    return removed
