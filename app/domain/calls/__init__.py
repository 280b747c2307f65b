"""Calls: applying provider events, and following up finished calls."""
