"""The voice agent: what it may do during a call, and what it is told."""
