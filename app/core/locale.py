"""The reader's language and the business's time zone, as of the present request."""

from flask import g, has_request_context, request
from flask_login import current_user

LANGUAGES = ("de", "en")


def reader_language() -> str:
    """The user's choice, else what the browser asks for, else German."""
    if current_user and current_user.is_authenticated:
        return current_user.language
    if not has_request_context():
        return "de"
    chosen = request.cookies.get("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "de"


def reader_zone() -> str:
    """The business's zone, set by the guard that found the company."""
    return g.get("zone", "Europe/Berlin")
