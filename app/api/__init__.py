"""The doors of programs: each operation says itself which key it wants, what it reads and what it answers."""

from flask import Flask, Response, request

from app.core.extensions import csrf


def register(app: Flask) -> None:
    """Opens the doors of this room; a key in a header needs no CSRF token."""
    from app.api import browser_reports, openapi
    from app.api.v1 import bookings, branches, calls, customers, services, slots, staff

    for door in (openapi, browser_reports, calls, branches, customers, services, staff, slots, bookings):
        csrf.exempt(door.blueprint)
        app.register_blueprint(door.blueprint)
    app.after_request(_add_auth_scheme)


def _add_auth_scheme(response: Response) -> Response:
    """RFC 9110: a 401 says how to come in."""
    if response.status_code == 401 and request.path.startswith("/api/v1/"):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
