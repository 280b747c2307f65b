"""Emergencies: recognised in what callers say, answered at once, and told to the person on call."""
