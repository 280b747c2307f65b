"""What all stand-ins share: a real HTTP server in a thread, a list of what was asked, and switches for what goes wrong."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

# slow: responds late, after processing · lost: processes and closes the connection · cut: closes without processing
# junk: processes and responds HTML
# taken: Cal.com's rejection of a taken slot
FaultKind = Literal["slow", "lost", "cut", "junk", "401", "402", "422", "429", "500", "503", "500 after", "taken"]


@dataclass
class Fault:
    """A fault of requests whose "METHOD /path" starts with `on`, for `times` requests."""

    kind: FaultKind
    on: str
    times: int
    seconds: float = 0.0


@dataclass
class HttpDouble:
    """Base of the provider doubles: subclasses implement `handle`. A context manager."""

    # common prefix of all paths
    prefix: ClassVar[str] = ""
    # default of a fault's `on`
    first: ClassVar[str] = ""

    # "POST /bookings" and the like, in order of arrival
    requests: list[str] = field(default_factory=list)
    port: int = 0
    lock: Any = field(default_factory=threading.RLock, repr=False)
    _faults: list[Fault] = field(default_factory=list, repr=False)
    _server: BaseWSGIServer | None = field(default=None, repr=False)
    # ends what is slow
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    def handle(self, request: Request, path: str) -> Response:
        """Respond to a request without a fault."""
        raise NotImplementedError

    def rate_limited(self, request: Request, seconds: float) -> Response:
        return as_json({"message": "Too many requests"}, 429, {"Retry-After": str(round(seconds))})

    def handle_special_fault(self, request: Request, kind: str) -> Response | None:
        """Respond to a fault kind of this double alone, or return None."""
        return None

    # server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        self._over.clear()
        self._server = make_server("127.0.0.1", self.port, self._answer, threaded=True, request_handler=QuietHandler)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def down(self) -> Iterator[None]:
        """Stop the server inside the context."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    # faults

    def fail(self, kind: FaultKind, *, on: str | None = None, times: int = 1, seconds: float = 2.0) -> None:
        self._faults.append(Fault(kind, self.first if on is None else on, times, seconds))

    def restore(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        path = request.path.removeprefix(self.prefix)
        route = f"{request.method} {path}"
        with self.lock:
            self.requests.append(route)
            fault = next((fault for fault in self._faults if route.startswith(fault.on) and fault.times > 0), None)
            if fault:
                fault.times -= 1
        return self._apply_fault(request, path, fault)(environ, start_response)

    def _apply_fault(self, request: Request, path: str, fault: Fault | None) -> Response:
        kind = fault.kind if fault else None
        if kind == "cut":
            _close_connection(request)
        if kind == "429":
            return self.rate_limited(request, fault.seconds if fault else 60)
        if kind in ("401", "402", "422", "500", "503"):
            return as_json({"statusCode": int(kind), "message": "Internal server error"}, int(kind))
        if kind and (answer := self.handle_special_fault(request, kind)):
            return answer
        response = self.handle(request, path)
        if kind == "lost":
            _close_connection(request)
        if kind == "slow" and fault:
            self._over.wait(fault.seconds)
        if kind == "500 after":
            return as_json({"statusCode": 500, "message": "Internal server error"}, 500)
        return Response("<html>Bad gateway</html>", 200, content_type="text/html") if kind == "junk" else response


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing."""


def as_json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, headers, content_type="application/json; charset=utf-8")


def _close_connection(request: Request) -> None:
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError
