"""The product as production runs it: an environment made from requirements.txt alone, and the lines of the Procfile in it."""

import os
import secrets
import subprocess
from pathlib import Path
from types import TracebackType

import requests

from scripts.embedded.parent_death_signal import bound_to
from scripts.embedded.redis_server import free_port
from tests.support.applications import SECRETS
from tests.support.running_server import ROOT
from tests.support.waiting import HANGS_AFTER_S, PROBE_TIMEOUT_S, wait_until

# lines that listen nowhere, and the check of /health that sees them
SEEN_AS = {"worker": "workers", "clock": "clock"}


def make_environment(folder: Path) -> Path:
    """A virtual environment that holds what production installs and nothing else; its folder of programs.

    The packages lie in uv's cache since the tests' own were installed, and are linked from there.
    """
    uv = ROOT / ".venv" / "bin" / "uv"
    subprocess.run([uv, "venv", "--quiet", "--python", ROOT / ".venv" / "bin" / "python", folder], check=True, timeout=HANGS_AFTER_S)
    install = [uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", "--require-hashes", "-r", ROOT / "requirements.txt"]
    if subprocess.run([*install, "--offline"], check=False, capture_output=True, timeout=HANGS_AFTER_S).returncode:
        subprocess.run(install, check=True, timeout=3 * HANGS_AFTER_S)
    return folder / "bin"


def procfile() -> dict[str, str]:
    """Its lines by name."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, command in (line.split(":", 1) for line in lines if line.strip())}


class Process:
    """A line of the Procfile, run as deploy/askproai@.service runs it."""

    def __init__(self, name: str, environment: dict[str, str], *, log: Path) -> None:
        self.name, self.port, self.log = name, free_port(), log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                ["sh", "-c", f"eval 'exec env {procfile()[name]}'"],
                cwd=ROOT,
                env=environment | {"PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=bound_to(os.getpid()),
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def answers(self, path: str) -> bool:
        try:
            return requests.get(f"{self.url}{path}", timeout=PROBE_TIMEOUT_S).status_code == 200
        except requests.RequestException:
            return False

    def wait(self) -> int:
        """Its exit code."""
        return self._process.wait(HANGS_AFTER_S)

    def terminate(self) -> int:
        """SIGTERM; the exit code."""
        self._process.terminate()
        return self.wait()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class Production:
    """Starts lines of the Procfile against a database and a Redis; use it as a context manager."""

    def __init__(self, folder: Path, programs: Path, *, database_url: str, redis_url: str) -> None:
        self.folder = folder
        self.secrets = {name.upper(): value for name, value in SECRETS.items()} | {"SECRET_KEY": secrets.token_urlsafe(48)}
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "APP_ENV": "production",
            "HOST": "127.0.0.1",
            "INSTANCE_PATH": str(folder / "instance"),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            **self.secrets,
        }
        self.processes: dict[str, Process] = {}

    def __enter__(self) -> "Production":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self.processes.values():
            process.kill()

    @property
    def url(self) -> str:
        """Where webhooks and pages go."""
        return self.processes["web"].url

    def start(self, name: str) -> Process:
        process = self.processes[name] = Process(name, self.environment, log=self.folder / f"{name}.log")
        return process

    def serve(self, *names: str) -> None:
        """Starts those that do not run, and waits until what each line is there for has begun."""
        for name in names:
            if name not in self.processes or not self.processes[name].is_running:
                self.start(name)
        for name in names:
            self._wait_for(self.processes[name])

    def _wait_for(self, process: Process) -> None:
        try:
            wait_until(lambda: not process.is_running or self._is_ready(process), process.name)
        except AssertionError as error:
            raise AssertionError(f"{process.name} did not become ready:\n{process.said[-4000:]}") from error
        assert process.is_running, f"{process.name} ended:\n{process.said[-4000:]}"

    def _is_ready(self, process: Process) -> bool:
        """What listens is asked itself; of the others the web process tells."""
        if process.name in SEEN_AS:
            checks = requests.get(f"{self.url}/health", timeout=HANGS_AFTER_S).json()["checks"]
            return checks[SEEN_AS[process.name]]["status"] == "ok"
        return process.answers("/health/ready")
