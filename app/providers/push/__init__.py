"""Drivers of browsers' push services."""
