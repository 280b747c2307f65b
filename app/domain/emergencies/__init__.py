"""Emergencies: recognition in callers' words, immediate instructions, and notification of the on-call contact."""
