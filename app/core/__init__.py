"""Foundations that every other package may import: settings and objects of the running application."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from app.core import suppressed_imports  # noqa: F401  (before the libraries that it keeps small)
from config import Settings

T = TypeVar("T")


def settings() -> Settings:
    """The settings of the running application."""
    return current_app.config["SETTINGS"]


def get_app_state(factory: Callable[[], T]) -> T:
    """The running application's only object of this class, created at the first call and shared by all threads."""
    key, states = f"askproai_{factory.__name__}", current_app.extensions
    return states[key] if key in states else states.setdefault(key, factory())
