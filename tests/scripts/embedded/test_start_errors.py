"""Every way to start refuses what cannot work with one line that names the variable; what only is not there yet is waited for."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.embedded.redis_server import free_port
from tests.support.production import Production, procfile
from tests.support.running_server import ROOT
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = pytest.mark.faults
PROGRAMS = Path(sys.executable).parent
OTHERS = {"command": "flask --app wsgi users list", "server": "python -m scripts.embedded"}
SECRET = "a-word-nobody-may-read"


@pytest.fixture
def production(tmp_path: Path, redis_url: str) -> Iterator[Production]:
    with Production(tmp_path, PROGRAMS, database_url=f"sqlite:///{tmp_path}/none.sqlite3", redis_url=redis_url) as running:
        yield running


def test_a_wrong_setting_is_one_line_wherever_it_is_met(production: Production) -> None:
    line = "DATABASE_POOL is '100'; it must be a whole number from 1 to 64.\n"
    assert refusals(production, DATABASE_POOL="100") == dict.fromkeys((*procfile(), *OTHERS), (1, line))


@pytest.mark.mariadb
def test_a_database_that_says_no_is_one_line_wherever_it_is_met(production: Production, mariadb_url: str) -> None:
    where = mariadb_url.rpartition("@")[2]
    address = f"mysql://root:{SECRET}@{where}/askproai"
    for name, (code, said) in refusals(production, DATABASE_URL=address).items():
        assert (code, said.count("\n")) == (1, 1), (name, said)
        assert f"DATABASE_URL: MariaDB at {where} refuses the user 'root' or its password." in said, name
        assert SECRET not in said


def test_a_database_that_is_not_there_yet_is_waited_for(production: Production) -> None:
    """Who starts with the machine may come before it: the web process says so once, and answers 503 until then."""
    production.environment["DATABASE_URL"] = f"mysql://root:{SECRET}@127.0.0.1:{free_port()}/askproai"
    web = production.start("web")
    wait_until(lambda: web.answers("/health/live") or not web.is_running)
    assert web.is_running, web.said
    assert not web.answers("/health/ready")
    assert web.said.count("DATABASE_URL: no MariaDB answers at 127.0.0.1") == 1
    assert "Traceback" not in web.said and SECRET not in web.said
    assert web.terminate() == 0


def refusals(production: Production, **variables: str) -> dict[str, tuple[int, str]]:
    """What each line of the Procfile, a command and `scripts/server` end with and say; all at once."""
    production.environment.update(variables)
    others = {
        name: subprocess.Popen(
            command.replace("python", sys.executable).split(), cwd=ROOT, env=production.environment | {"PORT": "0"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for name, command in OTHERS.items()
    }  # fmt: skip
    lines = {name: production.start(name) for name in procfile()}
    told = {name: (line.wait(), line.said) for name, line in lines.items()}
    for name, process in others.items():
        said, _ = process.communicate(timeout=HANGS_AFTER_S)
        told[name] = process.returncode, said
    return told
