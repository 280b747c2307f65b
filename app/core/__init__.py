"""The ground: what every other room stands on."""

from flask import current_app

from app.core import lazy_imports  # noqa: F401  (before the libraries that it keeps small)
from config import Settings


def settings() -> Settings:
    """The settings of the running application."""
    return current_app.config["SETTINGS"]
