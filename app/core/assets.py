"""Static files: their URLs carry a hash of the content, so a browser may cache them for good."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

# their names carry a version, or a style sheet or script requests them, which cannot add one
VERSIONED_FOLDERS = ("fonts/", "vendor/")
IMMUTABLE = "public, max-age=31536000, immutable"


def set_up(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.after_request(_set_cache_headers)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    name = values.get("filename", "")
    if endpoint != "static" or name.startswith(VERSIONED_FOLDERS):
        return
    file = Path(current_app.static_folder or "") / name
    if file.is_file():
        values["v"] = _version(str(file), file.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _version(file: str, _changed: int) -> str:
    """Hash of the content: the same on all machines that serve the file."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:10]


def _set_cache_headers(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        name = (request.view_args or {}).get("filename", "")
        if "v" in request.args or name.startswith(VERSIONED_FOLDERS):
            response.headers["Cache-Control"] = IMMUTABLE
    return response
