"""Whoever carries messages to people: by SMS, by e-mail."""
