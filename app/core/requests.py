"""What every request has: an id, a reader (language, zone), safe headers, a clear answer to every error."""

import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, json, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.core import error_tracking, metrics, settings
from app.core.database import is_away, is_busy, set_reading
from app.core.errors import AppError
from app.core.extensions import db

log = structlog.get_logger()
LANGUAGES = ("de", "en")
READING = ("GET", "HEAD", "OPTIONS")
PROGRAMS = ("/api/", "/live/state", "/health", "/metrics")
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self' https:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
    # the first for browsers that do not know the second
    "report-uri": "/api/reports",
    "report-to": "askproai",
}
NOT_NEEDED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "payment", "usb")
# the same for every answer, so put together once
SAFE = (
    ("Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in CONTENT_POLICY.items())),
    ("Permissions-Policy", ", ".join(f"{name}=()" for name in NOT_NEEDED)),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Reporting-Endpoints", 'askproai="/api/reports"'),
)
MAX_ROW = 2**63 - 1
BY_HTTPS_ONLY = "max-age=63072000; includeSubDomains; preload"


class RowNumber(IntegerConverter):
    """A number in an address; beyond what a database counts to there is nothing."""

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **{"max": MAX_ROW} | options)


def set_up(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumber
    if hops := app.config["SETTINGS"].proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_forget)
    app.register_error_handler(Exception, answer_error)
    # Flask's own line names the path
    app.log_exception = _log_unanswered  # type: ignore[method-assign]


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


def wants_problem() -> bool:
    """Whether the reader is a program."""
    return request.path.startswith(PROGRAMS)


def route_of_request() -> str:
    """The rule with its gaps, for logs and labels; never the path, which may hold a link's token."""
    return request.url_rule.rule if request.url_rule else "none"


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    set_reading(request.method in READING)
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _finish(response: Response) -> Response:
    route = route_of_request()
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.extend(SAFE)
    if request.is_secure and settings().is_production:
        response.headers["Strict-Transport-Security"] = BY_HTTPS_ONLY
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
        took = time.perf_counter() - g.get("began", time.perf_counter())
        # a caller must not be able to make up labels
        method = request.method if request.method in METHODS else "other"
        metrics.API_RESPONSE_TIME.labels(route, method, response.status_code).observe(took)
    return response


def _forget(_error: BaseException | None) -> None:
    set_reading(False)
    structlog.contextvars.clear_contextvars()


def _log_unanswered(exc_info: Any) -> None:
    """What failed while an error was being answered."""
    log.error("request.unanswered", route=route_of_request(), exc_info=exc_info)


def answer_error(error: Exception) -> Any:
    """A problem document for programs (RFC 9457), a page for people; nothing about our insides in either."""
    db.session.rollback()
    status, code, message, data = _told(error)
    if status >= 500:
        if status != 503:
            error_tracking.track(error, settings(), route=route_of_request(), request=g.get("request_id"))
        log.error("request.failed", route=route_of_request(), status=status, exc_info=None if status == 503 else error)
    headers = {}
    if status in (429, 503):
        headers["Retry-After"] = str(data.pop("retry_after_s", 2))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    # under a name that is none no page can be built: it has addresses in it
    if wants_problem() or isinstance(error, BadHost):
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


def _told(error: BaseException) -> tuple[int, str, str, dict[str, Any]]:
    # what went wrong behind the view (storing the session) comes wrapped
    error = getattr(error, "original_exception", None) or error
    if isinstance(error, AppError):
        return error.status, error.code, str(error.message), error.details()
    if isinstance(error, HTTPException):
        return error.code or 500, (error.name or "error").lower().replace(" ", "_"), _known(error.code or 500), {}
    if is_busy(error):
        return 503, "busy", _("Gerade ist hier sehr viel los. Bitte gleich noch einmal versuchen."), {}
    if is_away(error):
        return 503, "database_away", _("Unsere Datenbank antwortet gerade nicht. Bitte gleich noch einmal versuchen."), {}
    return 500, "internal", _("Das liegt an uns. Ihre Daten sind gespeichert."), {}


def _known(status: int) -> str:
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
