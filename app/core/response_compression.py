"""Response compression: brotli, or gzip for clients without it, where it saves bytes."""

from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, current_app, request
from flask_compress import Compress
from flask_compress.flask_compress import DictCache

TEXTS = {f"text/{name}" for name in ("html", "css", "javascript", "plain", "calendar")}
KINDS = TEXTS | {"application/javascript", "application/json", "image/svg+xml"}
ENCODINGS = ("br", "gzip")
CROSS_SITE = ("cross-site", "same-site")
# a shorter response fits in one packet anyway
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
    for compression in (pages, files):
        compression.init_app(app)
    files.cache, files.cache_key = DictCache(), _get_file_version
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    """Compress pages and static files; webhooks, redirects, errors and images are returned unchanged."""
    if response.status_code != 200 or response.mimetype not in KINDS:
        return response
    if (response.content_length or 0) < MIN_BYTES:
        return response
    response.vary.add("Accept-Encoding")
    # checked here too: the library takes q=0 for a yes
    if _is_cross_site(request) or not any(map(request.accept_encodings.quality, ENCODINGS)):
        return response
    pages, files = current_app.extensions["askproai_compression"]
    if request.endpoint != "static":
        return pages.after_request(response)
    response.direct_passthrough = False
    response.get_data()  # read here: the library caches no streams
    return files.after_request(response)


def _is_cross_site(http_request: Request) -> bool:
    """Whether another site may have triggered this request of a signed-in browser, with text of its choice in the URL.

    The length of the compressed page would reveal other text on it (BREACH); see docs/decisions/0009.
    """
    is_cross_site = http_request.headers.get("Sec-Fetch-Site") in CROSS_SITE
    return is_cross_site and current_app.session_interface.cookie_name in http_request.cookies


def _get_file_version(http_request: Request) -> str:
    """Cache key made of file and version, not of the URL, whose query a client may vary at will."""
    file = Path(current_app.static_folder or "") / (http_request.view_args or {})["filename"]
    return f"{file} {file.stat().st_mtime_ns}"
