"""Customers: identification, contact details and search."""
