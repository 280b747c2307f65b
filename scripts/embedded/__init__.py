"""The embedded default: all processes on one machine, run by `scripts/server`.

Imports nothing of the application, so that it starts fast and needs little memory.
"""
