"""Sentry's side of an error report: takes envelopes (develop.sentry.dev/sdk/data-model/envelopes) and keeps every byte of them."""

import gzip
import json
import re
from typing import Any

import brotli
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

ENVELOPE = re.compile(r"/api/\d+/envelope/")


class SentryDouble:
    def __init__(self, server: HTTPServer) -> None:
        self.dsn = f"http://public@{server.host}:{server.port}/1"
        self.received: list[bytes] = []
        server.expect_request(ENVELOPE, method="POST").respond_with_handler(self._take)

    @property
    def everything(self) -> str:
        return b"\n".join(self.received).decode()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for envelope in self.received for line in envelope.splitlines()[2::2] if line.startswith(b"{")]

    def _take(self, request: Request) -> Response:
        # what the SDK takes depends on what is installed
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(request.headers.get("Content-Encoding", ""), bytes)
        self.received.append(unpack(request.get_data()))
        return Response("{}", mimetype="application/json")
