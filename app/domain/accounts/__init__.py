"""Accounts: users, sign-in, permissions and API keys."""
