"""Calls: what the events tell, and what follows from it."""
