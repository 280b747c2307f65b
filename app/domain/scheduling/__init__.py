"""The calendar: when what is free, and why not."""
