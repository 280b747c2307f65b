"""Minimal applications for the same task, as baselines of a benchmark run."""
