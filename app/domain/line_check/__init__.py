"""The line check: a synthetic call through every part, and what each of them answers."""
