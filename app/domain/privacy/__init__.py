"""Privacy: notices, consent, retention and erasure."""
