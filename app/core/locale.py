"""The reader's language and the business's time zone in the current request."""

from flask import g, has_request_context, request
from flask_login import current_user

LANGUAGES = ("de", "en")


def reader_language() -> str:
    """The user's or the cookie's language, else the best match of Accept-Language, else German."""
    if current_user and current_user.is_authenticated:
        return current_user.language
    if not has_request_context():
        return "de"
    chosen = request.cookies.get("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "de"


def reader_timezone() -> str:
    """The business's time zone, set by the route guard of its company."""
    return g.get("timezone", "Europe/Berlin")
