"""Telephone companies: whose lines carry the call."""
