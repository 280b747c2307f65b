"""Tasks for staff, created by calls."""
