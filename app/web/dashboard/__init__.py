"""The dashboard of a company: calls, bookings, customers, tasks and agents."""
