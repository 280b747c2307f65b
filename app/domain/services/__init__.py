"""What can be booked, who does it, and what callers call it."""
