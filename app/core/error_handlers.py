"""Error responses: a problem document for programs (RFC 9457), a page for people."""

from typing import Any

import structlog
from flask import Response, g, json, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed

from app.core import error_tracking, settings
from app.core.database import is_busy, is_unavailable
from app.core.errors import AppError
from app.core.extensions import db
from app.core.logging import route_of_request

log = structlog.get_logger()
PROGRAM_PATHS = ("/api/", "/live/state", "/health", "/metrics")


def wants_problem_json() -> bool:
    """Whether the request comes from a program."""
    return request.path.startswith(PROGRAM_PATHS)


def log_unanswered_error(exc_info: Any) -> None:
    """Log an error raised while another error was being answered."""
    log.error("request.unanswered", route=route_of_request(), exc_info=exc_info)


def answer_error(error: Exception) -> Any:
    """Roll back and answer with a problem document (RFC 9457) or a page; neither shows internal details."""
    db.session.rollback()
    status, code, message, data = _describe_error(error)
    if status >= 500:
        if status != 503:
            error_tracking.track(error, settings(), route=route_of_request(), request=g.get("request_id"))
        log.error("request.failed", route=route_of_request(), status=status, exc_info=None if status == 503 else error)
    headers = {}
    if status in (429, 503):
        headers["Retry-After"] = str(data.pop("retry_after_s", 2))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    # no page can be rendered for an invalid host name: it contains URLs
    if wants_problem_json() or isinstance(error, BadHost):
        problem = {
            "type": "about:blank",
            "title": code,
            "status": status,
            "detail": message,
            "code": code,
            "request_id": g.get("request_id"),
        }
        return Response(json.dumps({**problem, **data}), status, headers, mimetype="application/problem+json")
    page = f"errors/{status}.html" if status in (400, 403, 404, 429, 500, 503) else "errors/400.html"
    return render_template(page, status=status, message=message, request_id=g.get("request_id")), status, headers


def _describe_error(error: BaseException) -> tuple[int, str, str, dict[str, Any]]:
    # an error after the view (storing the session) comes wrapped
    error = getattr(error, "original_exception", None) or error
    if isinstance(error, AppError):
        return error.status, error.code, str(error.message), error.details()
    if isinstance(error, HTTPException):
        return error.code or 500, (error.name or "error").lower().replace(" ", "_"), _message_for_status(error.code or 500), {}
    if is_busy(error):
        return 503, "busy", _("Gerade ist hier sehr viel los. Bitte gleich noch einmal versuchen."), {}
    if is_unavailable(error):
        return 503, "database_away", _("Unsere Datenbank antwortet gerade nicht. Bitte gleich noch einmal versuchen."), {}
    return 500, "internal", _("Das liegt an uns. Ihre Daten sind gespeichert."), {}


def _message_for_status(status: int) -> str:
    return {
        400: _("Die Anfrage ist nicht lesbar."),
        401: _("Bitte melden Sie sich an."),
        403: _("Das dürfen Sie hier nicht."),
        404: _("Das gibt es hier nicht."),
        405: _("Diese Adresse versteht die Anfrage so nicht."),
        413: _("Das ist zu groß."),
        415: _("Dieses Format verstehen wir hier nicht."),
        429: _("Das waren zu viele Versuche. Bitte warten Sie einen Moment."),
    }.get(status, _("Das hat nicht geklappt."))
