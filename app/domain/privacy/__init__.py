"""What callers are told, what they allow, and what is kept of them."""
