"""The language of pages on which nobody is signed in: chosen by a link with `?lang=`, and kept in a cookie."""

from typing import Annotated

from flask import redirect, request
from werkzeug.wrappers import Response

from app.core.locale import LANGUAGES
from app.web.fields import ChoiceField
from app.web.forms import Query

COOKIE_MAX_AGE_S = 365 * 86400


class LanguageQuery(Query):
    lang: Annotated[str, ChoiceField(*LANGUAGES)] | None = None


def answer_language_choice() -> Response | None:
    """Lead back to the same page in the chosen language; None where none was chosen."""
    language = LanguageQuery.read_known().lang
    return keep_language(redirect(request.path), language) if language else None


def keep_language(response: Response, language: str) -> Response:
    response.set_cookie("language", language, max_age=COOKIE_MAX_AGE_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response
