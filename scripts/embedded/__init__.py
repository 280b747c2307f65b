"""The embedded default: everything on one machine, as `scripts/server` runs it.

Imports nothing of the application, so that it starts at once and stays small beside what it watches.
"""
