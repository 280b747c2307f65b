"""Tasks: what calls leave for people to do."""
