"""Customers: who calls, and who of a family it is."""
