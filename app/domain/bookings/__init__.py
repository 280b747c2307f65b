"""Bookings: made once, moved, cancelled, held, waited for."""
