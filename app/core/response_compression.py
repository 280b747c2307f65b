"""Answers travel compressed where that saves something: brotli, or gzip where a reader does not know it."""

from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, current_app, request
from flask_compress import Compress
from flask_compress.flask_compress import DictCache

TEXTS = {f"text/{name}" for name in ("html", "css", "javascript", "plain", "calendar")}
KINDS = TEXTS | {"application/javascript", "application/json", "image/svg+xml"}
ENCODINGS = ("br", "gzip")
CROSS_SITE = ("cross-site", "same-site")
# what is shorter fits in one packet anyway
MIN_BYTES = 1000
SETTINGS: dict[str, Any] = {
    "COMPRESS_REGISTER": False,
    "COMPRESS_ALGORITHM": list(ENCODINGS),
    "COMPRESS_MIMETYPES": sorted(KINDS),
    "COMPRESS_MIN_SIZE": MIN_BYTES,
    # a tenth smaller than 4 for the same time on our pages
    "COMPRESS_BR_LEVEL": 5,
    "COMPRESS_LEVEL": 6,
    "COMPRESS_STREAMS": False,
}


def set_up(app: Flask) -> None:
    app.config.update(SETTINGS)
    pages, files = app.extensions["askproai_compression"] = Compress(), Compress()
    for each in (pages, files):
        each.init_app(app)
    files.cache, files.cache_key = DictCache(), _get_file_version
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    """What is not worth it goes on its way at once: webhooks, redirects, errors, pictures."""
    if response.status_code != 200 or response.mimetype not in KINDS:
        return response
    if (response.content_length or 0) < MIN_BYTES:
        return response
    response.vary.add("Accept-Encoding")
    # asked here as well: the library takes q=0 for a yes
    if _is_cross_site(request) or not any(map(request.accept_encodings.quality, ENCODINGS)):
        return response
    pages, files = current_app.extensions["askproai_compression"]
    if request.endpoint != "static":
        return pages.after_request(response)
    response.direct_passthrough = False
    response.get_data()  # read here, for the library keeps only what is no stream
    return files.after_request(response)


def _is_cross_site(asked: Request) -> bool:
    """Whether another site may have had a signed-in browser ask, with words of its choice in the address.

    From the length of the compressed page it could find out what else stands there (BREACH). docs/decisions/0009 says more.
    """
    return asked.headers.get("Sec-Fetch-Site") in CROSS_SITE and current_app.session_interface.cookie_name in asked.cookies


def _get_file_version(asked: Request) -> str:
    """Not of the address, in which anybody may write anything."""
    file = Path(current_app.static_folder or "") / (asked.view_args or {})["filename"]
    return f"{file} {file.stat().st_mtime_ns}"
