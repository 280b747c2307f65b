"""External calendars, one file per vendor."""
