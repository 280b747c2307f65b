"""The public API; each operation declares its scope, its input and its response."""

from flask import Flask, Response, request

from app.core.extensions import csrf


def register(app: Flask) -> None:
    """Register the blueprints, exempt from CSRF because the key comes in a header, not in a cookie."""
    from app.api import browser_reports, openapi
    from app.api.v1 import bookings, branches, calls, customers, services, slots, staff

    for module in (openapi, browser_reports, calls, branches, customers, services, staff, slots, bookings):
        csrf.exempt(module.blueprint)
        app.register_blueprint(module.blueprint)
    app.after_request(_add_auth_scheme)


def _add_auth_scheme(response: Response) -> Response:
    """Name the authentication scheme on every 401 (RFC 9110)."""
    if response.status_code == 401 and request.path.startswith("/api/v1/"):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
