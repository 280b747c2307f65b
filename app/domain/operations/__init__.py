"""Whether the house runs well: what its operators look at."""
