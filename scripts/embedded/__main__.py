"""`scripts/server`: set up the instance, start all processes, and stop them at the end."""

import errno
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from scripts.embedded.instance_files import InstanceBusy, occupy, read_json, write_private
from scripts.embedded.log_relay import Output
from scripts.embedded.messages import summary
from scripts.embedded.migration_check import find_needs, note_demo_town
from scripts.embedded.readiness import Readiness
from scripts.embedded.redis_server import SMALL_TALK, prepare_redis
from scripts.embedded.secret_keys import keep_secrets
from scripts.embedded.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]
WEB_WORKER = "scripts.web_server.buffered_worker.BufferedThreadWorker"
# sixty for live sockets, and one for each connection of the database pool
WEB_THREADS = 84
STOP_WITHIN_S = 9.0
PATIENCE_WITH_PORT_S = 2.0
# the start fails after so many early exits of one process in a row before the first answer
HOPELESS_AFTER = 5


class StartRefused(Exception):
    """The start is refused; the message has the reason and the remedy."""


@dataclass
class Server:
    """One run of all processes, from the instance's files to the shutdown."""

    instance: Path
    host: str
    environment: dict[str, str]
    output: Output = field(default_factory=Output)
    new_password: str | None = None
    stop_requests: int = 0

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.output, on_change=self._note_processes)
        self.port = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)

    def run(self) -> int:
        self._check_environment()
        try:
            lock = occupy(self.instance)
        except InstanceBusy:
            raise StartRefused(_describe_running_server(self.instance)) from None
        with lock, self._listen() as listener:
            keep_secrets(self.instance, os.environ)
            shutil.rmtree(self.instance / "metrics", ignore_errors=True)  # metrics of processes that have ended
            try:
                self._start_redis()
                return self._prepare() or self._serve(listener)
            finally:
                listener.close()
                self._stop()

    def _check_environment(self) -> None:
        """Validate the environment with the application's code in a short-lived process; raises StartRefused."""
        has_others = self.environment.get("DATABASE_URL") or self.environment.get("REDIS_URL")
        check = ["app.core.start_check", "--now"] if has_others else ["config"]
        result = subprocess.run([sys.executable, "-m", *check], env=self.environment, capture_output=True, text=True, check=False)
        if result.returncode:
            raise StartRefused(result.stderr.strip().splitlines()[-1])

    def _listen(self) -> socket.socket:
        """Open the port in this process, so that it stays open while a web process is replaced; raises StartRefused."""
        port = int(self.environment["PORT"])
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deadline = time.monotonic() + PATIENCE_WITH_PORT_S
        while True:
            try:
                listener.bind((self.host, port))
                listener.listen(2048)
                break
            except OSError as error:
                if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                    listener.close()
                    valid = "an address of this machine, like 127.0.0.1 or 0.0.0.0"
                    raise StartRefused(f"HOST is {self.host!r} ({error.strerror}); it must be {valid}.") from None
                if time.monotonic() > deadline:
                    listener.close()
                    another = f"PORT={port + 1} scripts/server"
                    raise StartRefused(f"Port {port} cannot be opened ({error.strerror}). Try another: {another}") from None
                time.sleep(0.1)
        self.port = listener.getsockname()[1]
        self.environment["PORT"] = str(self.port)
        return listener

    def _start_redis(self) -> None:
        if self.environment.get("REDIS_URL"):
            return
        server = prepare_redis(self.instance)
        write_private(self.instance / "redis.url", server.url + "\n")
        self.environment["REDIS_URL"] = server.url
        self.supervisor.start(Program("redis", server.command, self.environment, stops_last=True, hidden=SMALL_TALK))

    def _prepare(self) -> int:
        """Migrate and create the demo town if needed; returns the exit code of a failed command, else 0."""
        needs = find_needs(self.instance, self.environment, versions=ROOT / "migrations" / "versions")
        if needs.migration and (code := self._run_once("migrate", "db", "upgrade")):
            return code
        return self._seed() if needs.demo_town else 0

    def _seed(self) -> int:
        if not self.environment.get("DEMO_PASSWORD"):
            self.new_password = secrets.token_urlsafe(12)
        password = {"DEMO_PASSWORD": self.new_password} if self.new_password else {}
        if code := self._run_once("seed", "seed", "demo", **password):
            return code
        note_demo_town(self.instance, self.environment)
        return 0

    def _serve(self, listener: socket.socket) -> int:
        gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", "--worker-class", WEB_WORKER]
        web = [*gunicorn, "--workers", "1", "--threads", str(WEB_THREADS), "wsgi:app"]
        self.supervisor.start(Program("web", web, self.environment, keep_open=(listener.fileno(),)))
        self.supervisor.start(Program("worker", _own("worker"), self.environment))
        readiness, is_ready = Readiness((self.host, self.port)), False
        while not self.stop_requests:
            self.supervisor.turn(1.0 if is_ready else 0.1)
            if is_ready:
                continue
            if is_ready := readiness.is_reached():
                # started last, so that it does not delay the others
                self.supervisor.start(Program("clock", _own("clock"), self.environment))
                self.output.say(summary(self.port, self.environment, new_password=self.new_password))
            elif any(child.young_deaths >= HOPELESS_AFTER for child in self.supervisor.children.values()):
                self.output.say("The server does not come up; the lines above say why.")
                return 1
        readiness.close()
        return 0

    def _run_once(self, name: str, *arguments: str, **extra: str) -> int:
        child = self.supervisor.start(Program(name, _flask(*arguments), self.environment | extra, restart=False))
        while child.process is not None:
            if self.stop_requests:
                return 1
            self.supervisor.turn()
        del self.supervisor.children[name]
        if child.code:
            self.output.say(f"`flask {' '.join(arguments)}` failed; the server does not start.")
        return child.code or 0

    def _stop(self) -> None:
        requests_before = self.stop_requests
        self.supervisor.stop(within_s=STOP_WITHIN_S, hurry=lambda: self.stop_requests > requests_before)
        for name in ("server.json", "redis.url"):
            (self.instance / name).unlink(missing_ok=True)
        self.output.say("Everything is stopped.")
        self.output.flush(within_s=0.5)

    def _note_processes(self) -> None:
        pids = {"server": os.getpid(), **self.supervisor.process_ids}
        note = {"url": f"http://127.0.0.1:{self.port}", "port": self.port, "pids": pids}
        write_private(self.instance / "server.json", json.dumps(note) + "\n")

    def _request_stop(self, *_: object) -> None:
        self.stop_requests += 1


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def _own(command: str) -> list[str]:
    """A command for a long-running process, which does not load the commands of other packages."""
    return [sys.executable, "-m", "wsgi", command]


def _describe_running_server(instance: Path) -> str:
    note = read_json(instance / "server.json")
    place = f" at {note['url']} (process {note['pids']['server']})" if note else ""
    return f"A server already runs on {instance}{place}. Stop it first, or give this one a folder: INSTANCE_PATH=… PORT=…"


def main() -> int:
    os.chdir(ROOT)
    os.umask(0o077)
    instance = Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    environment = {**os.environ, "INSTANCE_PATH": str(instance), "PORT": os.environ.get("PORT") or "8000", "PYTHONUNBUFFERED": "1"}
    try:
        return Server(instance, os.environ.get("HOST") or "127.0.0.1", environment).run()
    except StartRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
