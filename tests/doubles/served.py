"""What all stand-ins share: a real HTTP server in a thread, a list of what was asked, and switches for what goes wrong."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

# slow: answers late, after it has done it · lost: does it and hangs up · cut: hangs up without doing it · junk: does it, answers HTML
# taken: Cal.com's no to a slot
Trouble = Literal["slow", "lost", "cut", "junk", "401", "402", "422", "429", "500", "503", "500 after", "taken"]


@dataclass
class Switch:
    """What goes wrong with requests whose "METHOD /path" begins so, and how often yet."""

    trouble: Trouble
    on: str
    times: int
    seconds: float = 0.0


@dataclass
class Served:
    """Inherit and give `done`; use it as a context manager."""

    # the part of the path that comes before all others
    prefix: ClassVar[str] = ""
    # what a switch is for where it does not say
    first: ClassVar[str] = ""

    # "POST /bookings", in the order in which they came
    requests: list[str] = field(default_factory=list)
    port: int = 0
    lock: Any = field(default_factory=threading.RLock, repr=False)
    _switches: list[Switch] = field(default_factory=list, repr=False)
    _server: BaseWSGIServer | None = field(default=None, repr=False)

    def done(self, request: Request, path: str) -> Response:
        """The answer when all goes well."""
        raise NotImplementedError

    def too_fast(self, request: Request, seconds: float) -> Response:
        return as_json({"message": "Too many requests"}, 429, {"Retry-After": str(round(seconds))})

    def special(self, request: Request, trouble: str) -> Response | None:
        """The answer to a trouble that only this one has."""
        return None

    # running it

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self._answer, threaded=True, request_handler=QuietHandler)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody listens for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    # switches

    def fail(self, trouble: Trouble, *, on: str | None = None, times: int = 1, seconds: float = 2.0) -> None:
        self._switches.append(Switch(trouble, self.first if on is None else on, times, seconds))

    def mend(self) -> None:
        """All goes well again."""
        self._switches.clear()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        path = request.path.removeprefix(self.prefix)
        what = f"{request.method} {path}"
        with self.lock:
            self.requests.append(what)
            switch = next((switch for switch in self._switches if what.startswith(switch.on) and switch.times > 0), None)
            if switch:
                switch.times -= 1
        return self._with_trouble(request, path, switch)(environ, start_response)

    def _with_trouble(self, request: Request, path: str, switch: Switch | None) -> Response:
        trouble = switch.trouble if switch else None
        if trouble == "cut":
            _hang_up(request)
        if trouble == "429":
            return self.too_fast(request, switch.seconds if switch else 60)
        if trouble in ("401", "402", "422", "500", "503"):
            return as_json({"statusCode": int(trouble), "message": "Internal server error"}, int(trouble))
        if trouble and (answer := self.special(request, trouble)):
            return answer
        response = self.done(request, path)
        if trouble == "lost":
            _hang_up(request)
        if trouble == "slow" and switch:
            time.sleep(switch.seconds)
        if trouble == "500 after":
            return as_json({"statusCode": 500, "message": "Internal server error"}, 500)
        return Response("<html>Bad gateway</html>", 200, content_type="text/html") if trouble == "junk" else response


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """The test says what matters."""


def as_json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, headers, content_type="application/json; charset=utf-8")


def _hang_up(request: Request) -> None:
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError
