"""The doors of api; each module brings its own."""

from flask import Flask


def register(app: Flask) -> None:
    """Opens the doors of this room."""
