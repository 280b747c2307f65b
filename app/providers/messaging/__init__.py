"""Messaging providers: SMS and e-mail."""
