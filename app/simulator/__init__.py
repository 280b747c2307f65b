"""Simulates calls: invented callers talk to a running server through webhooks like those of Retell."""
