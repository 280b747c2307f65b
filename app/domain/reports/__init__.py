"""Call statistics and reports, updated as calls happen."""
