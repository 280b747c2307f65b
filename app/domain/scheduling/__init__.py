"""Availability: free slots, opening hours, and the reasons why a time is not free."""
