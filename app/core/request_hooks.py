"""Hooks of every request: its id, response headers, metrics and error responses."""

import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.core import metrics, settings
from app.core.database import set_read_only
from app.core.error_handlers import answer_error, log_unanswered_error
from app.core.logging import route_of_request
from app.core.security_headers import SECURITY_HEADERS, STRICT_TRANSPORT_SECURITY

log = structlog.get_logger()
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
KNOWN_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
MAX_ROW_ID = 2**63 - 1


class RowIdConverter(IntegerConverter):
    """A row id in a URL; a number beyond the database's integer range is 404."""

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **{"max": MAX_ROW_ID} | options)


def set_up(app: Flask) -> None:
    app.url_map.converters["int"] = RowIdConverter
    if hops := app.config["SETTINGS"].proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_start_request)
    app.after_request(_finish_response)
    app.teardown_request(_clear_request_state)
    app.register_error_handler(Exception, answer_error)
    # Flask's own log line contains the path, which may hold a token
    app.log_exception = log_unanswered_error  # type: ignore[method-assign]


def _start_request() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    set_read_only(request.method in SAFE_METHODS)
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _finish_response(response: Response) -> Response:
    route = route_of_request()
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.extend(SECURITY_HEADERS)
    if request.is_secure and settings().is_production:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
        duration_s = time.perf_counter() - g.get("began", time.perf_counter())
        # a client must not be able to create metric labels
        method = request.method if request.method in KNOWN_METHODS else "other"
        metrics.API_RESPONSE_TIME.labels(route, method, response.status_code).observe(duration_s)
    return response


def _clear_request_state(_error: BaseException | None) -> None:
    set_read_only(False)
    structlog.contextvars.clear_contextvars()
