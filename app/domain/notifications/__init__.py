"""Messages to people: who can be reached by which way."""
