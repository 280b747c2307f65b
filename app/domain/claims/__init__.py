"""Claims: extracts an agent's statements from a transcript and checks them against the data."""
