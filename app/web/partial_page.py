"""A page of which the browser may fetch a part alone: further rows of a list, or what has changed."""

from typing import Any

from flask import Response, make_response, render_template, request

# set by htmx: whether the answer replaces a part of the page, or all of it
PARTIAL_HEADER = "HX-Request-Type"


def render_page(page: str, *, part: str, **values: Any) -> Response:
    """Render the template `page`, or `part` where only that is asked for; caches keep the two apart."""
    is_partial = request.headers.get(PARTIAL_HEADER) == "partial"
    response = make_response(render_template(part if is_partial else page, **values))
    response.headers["Vary"] = PARTIAL_HEADER
    return response
