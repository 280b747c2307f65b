"""Voice providers: who speaks with the caller."""
