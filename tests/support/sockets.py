"""A server process with sockets, as gunicorn runs it, and dashboards that listen to it."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import urlopen

from flask import Flask
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, RejectConnection, Request, TextMessage
from wsproto.utilities import LocalProtocolError, ProtocolError

from app.core.clock import now
from app.core.extensions import db
from app.core.sessions import hash_of
from app.core.transactions import transaction
from app.models import User, UserBranch, WebSession
from scripts.embedded.redis_server import free_port
from tests.support import processes
from tests.support.applications import SECRETS
from tests.support.live import LiveCompany
from tests.support.waiting import HANGS_AFTER_S, PROBE_TIMEOUT_S, wait_until

ROOT = Path(__file__).resolve().parents[2]
WORKERS = {
    "threads": ["--worker-class", "scripts.web_server.buffered_worker.BufferedThreadWorker", "--threads", "24"],
    "green": ["--worker-class", "scripts.web_server.live_worker.TimedWebSocketWorker"],
}


class SocketServer:
    """One gunicorn process on the test's database and Redis; use it as a context manager."""

    def __init__(self, app: Flask, folder: Path, *, kind: str = "threads", workers: int = 1, **variables: str) -> None:
        settings = app.config["SETTINGS"]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"sockets-{self.port}.log"
        place = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(workers)]
        self._command = [sys.executable, "-m", "gunicorn", *place, *WORKERS[kind], "wsgi:app"]
        self._environment = {
            "PATH": os.environ["PATH"],
            "APP_ENV": "testing",
            "DATABASE_URL": settings.database_uri,
            "REDIS_URL": settings.redis_url,
            "INSTANCE_PATH": str(settings.instance_path),
            **{name.upper(): value for name, value in SECRETS.items()},
            **variables,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "SocketServer":
        before = os.environ.copy(), os.getcwd()
        os.environ.clear()
        os.environ.update(self._environment)
        os.chdir(ROOT)
        try:
            self._process = processes.start(self._command, log=self.log, is_up=self._answers)
        finally:
            os.environ.clear()
            os.environ.update(before[0])
            os.chdir(before[1])
        return self

    def _answers(self) -> bool:
        """Whether the application itself is up: gunicorn opens the port before it loads it."""
        try:
            with urlopen(f"{self.url}/health/live", timeout=PROBE_TIMEOUT_S) as answer:
                return answer.status == 200
        except OSError:
            return False

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


class Refused(Exception):
    """The server let this socket not in; carries the HTTP status, or what Socket.IO said."""


class Dashboard:
    """A browser's socket, speaking Engine.IO 4 over a WebSocket: what it heard, in order."""

    def __init__(self, server: SocketServer, cookie: str | None, *, greets: bool = True, **headers: str) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.connected = True
        self._answers: dict[int, Any] = {}
        self._asked = 0
        self._is_seated = threading.Event()
        self._refusal: Any = None
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=HANGS_AFTER_S)
        self._wire = WSConnection(ConnectionType.CLIENT)
        if cookie:
            headers["Cookie"] = f"askproai={cookie}"
        try:
            self._upgrade(server, headers)
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()
            if greets:
                self._greet()
        except BaseException:
            self.close()
            raise

    def names(self) -> list[str]:
        """What it heard of calls and bookings; a welcome may come again at any time."""
        return [name for name, _data in self.heard if name != "welcome"]

    def all(self, name: str) -> list[dict[str, Any]]:
        return [data for heard, data in list(self.heard) if heard == name]

    def wait_for(self, name: str, *, count: int = 1) -> dict[str, Any]:
        """The `count`th event of this name."""
        wait_until(lambda: len(self.all(name)) >= count, name)
        return self.all(name)[count - 1]

    def ask(self, name: str, *what: Any) -> Any:
        """What the server answers to this event."""
        return self.ask_often(name, *what, times=1)[0]

    def ask_often(self, name: str, *what: Any, times: int) -> list[Any]:
        """The answers to this event when it is sent so many times without waiting."""
        numbers = range(self._asked + 1, self._asked + times + 1)
        self._asked += times
        for number in numbers:
            self.send(f"42{number}{json.dumps([name, *what])}")
        wait_until(lambda: self._answers.keys() >= set(numbers), f"the answer to {name}")
        return [self._answers[number] for number in numbers]

    def send(self, text: str, *, is_all: bool = True) -> None:
        """Sends a message, or a part of one that goes on."""
        self._socket.sendall(self._wire.send(TextMessage(data=text, message_finished=is_all)))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if hasattr(self, "_reader"):
            self._reader.join()
        self._socket.close()

    def _upgrade(self, server: SocketServer, headers: dict[str, str]) -> None:
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        target = "/socket.io/?EIO=4&transport=websocket"
        self._socket.sendall(self._wire.send(Request(host=f"127.0.0.1:{server.port}", target=target, extra_headers=extra)))
        while True:
            self._receive()
            for event in self._wire.events():
                if isinstance(event, AcceptConnection):
                    return
                if isinstance(event, RejectConnection):
                    raise Refused(event.status_code)

    def _greet(self) -> None:
        with contextlib.suppress(OSError, LocalProtocolError):
            self.send("40")
        self._is_seated.wait(HANGS_AFTER_S)
        if self._refusal or not self.connected:
            raise Refused(self._refusal)

    def _receive(self) -> bool:
        try:
            data = self._socket.recv(65536)
        except OSError:
            data = b""
        self._wire.receive_data(data or None)
        return bool(data)

    def _read(self) -> None:
        with contextlib.suppress(ProtocolError, OSError):
            self._read_messages()
        self.connected = False
        self._is_seated.set()

    def _read_messages(self) -> None:
        text = ""
        while self.connected:
            for event in self._wire.events():
                if isinstance(event, TextMessage):
                    text += event.data
                    if event.message_finished:
                        self._understand(text)
                        text = ""
                elif isinstance(event, CloseConnection):
                    self.connected = False
            if self.connected and not self._receive():
                self.connected = False

    def _understand(self, text: str) -> None:
        kind, rest = text[:2], text[2:]
        if rest.startswith("/"):
            return  # of a namespace that is not ours
        if text == "2":
            self.send("3")
        elif kind == "40":
            self._is_seated.set()
        elif kind == "41":
            self.connected = False
        elif kind == "42":
            self.heard.append(tuple(json.loads(rest)))
        elif kind == "43":
            number, data = rest[: rest.index("[")], rest[rest.index("[") :]
            self._answers[int(number)] = json.loads(data)[0]
        elif kind == "44":
            self._refusal = json.loads(rest)
            self._is_seated.set()


def make_user(salon: LiveCompany | None, email: str, *, branches: tuple[str, ...] = (), role: str = "owner", **values: Any) -> User:
    with transaction():
        user = User(email=email, name=email, role=role, company_id=salon.company_id if salon else None, **values)
        db.session.add(user)
        db.session.flush()
        for branch_id in branches:
            assert salon is not None
            db.session.add(UserBranch(user_id=user.id, branch_id=branch_id, company_id=salon.company_id))
    return user


def sign_in(user: User) -> str:
    """A session of the user, and the cookie that names it."""
    cookie = secrets.token_urlsafe(32)
    data = json.dumps({"_user_id": user.id, "_fresh": True, "epoch": user.session_epoch})
    with transaction():
        db.session.add(WebSession(id_hash=hash_of(cookie), user_id=user.id, data=data, created_at=now(), seen_at=now()))
    return cookie
