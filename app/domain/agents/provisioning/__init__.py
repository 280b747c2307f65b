"""Brings an agent to its provider: desired state, actual state, the steps between them, and drift."""
