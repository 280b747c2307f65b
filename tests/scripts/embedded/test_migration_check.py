import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.embedded.instance_files import InstanceBusy, occupy
from scripts.embedded.migration_check import find_needs, heads, note_demo_town
from scripts.embedded.secret_keys import GENERATED, keep_secrets
from tests.support.running_server import ROOT
from tests.support.waiting import HANGS_AFTER_S


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "a.py").write_text('revision = "a"\ndown_revision = None\n')
    (folder / "b.py").write_text('revision: str = "b"\ndown_revision: str | None = "a"\n')
    return folder


def stand_at(instance: Path, revision: str) -> None:
    connection = sqlite3.connect(instance / "askproai.sqlite3")
    connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")
    connection.execute("DELETE FROM alembic_version")
    connection.execute("INSERT INTO alembic_version VALUES (?)", [revision])
    connection.commit()
    connection.close()


def test_secrets_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    keep_secrets(tmp_path, {})
    file = tmp_path / "secrets.json"
    first = json.loads(file.read_text())
    assert set(first) == set(GENERATED)
    assert file.stat().st_mode & 0o777 == 0o600
    keep_secrets(tmp_path, {})
    assert json.loads(file.read_text()) == first


def test_a_secret_of_the_environment_is_not_made_even_when_it_is_empty(tmp_path: Path) -> None:
    keep_secrets(tmp_path, {"RETELL_API_KEY": "", "SECRET_KEY": "mine"})
    assert set(json.loads((tmp_path / "secrets.json").read_text())) == set(GENERATED) - {"RETELL_API_KEY", "SECRET_KEY"}


def test_the_newest_revisions_are_found_without_the_application(versions: Path) -> None:
    assert heads(versions) == {"b"}
    assert len(heads(ROOT / "migrations" / "versions")) == 1


def test_a_first_start_needs_everything_and_the_second_nothing(tmp_path: Path, versions: Path) -> None:
    first = find_needs(tmp_path, {}, versions=versions)
    assert (first.migration, first.demo_town) == (True, True)
    stand_at(tmp_path, "b")
    note_demo_town(tmp_path, {})
    second = find_needs(tmp_path, {}, versions=versions)
    assert (second.migration, second.demo_town) == (False, False)


def test_newer_code_migrates_and_leaves_the_demo_town(tmp_path: Path, versions: Path) -> None:
    stand_at(tmp_path, "a")
    note_demo_town(tmp_path, {})
    needs = find_needs(tmp_path, {}, versions=versions)
    assert (needs.migration, needs.demo_town) == (True, False)


def test_a_deleted_database_is_built_and_filled_again(tmp_path: Path, versions: Path) -> None:
    note_demo_town(tmp_path, {})
    needs = find_needs(tmp_path, {}, versions=versions)
    assert (needs.migration, needs.demo_town) == (True, True)


def test_another_demo_password_or_database_is_seeded_again(tmp_path: Path, versions: Path) -> None:
    stand_at(tmp_path, "b")
    note_demo_town(tmp_path, {"DEMO_PASSWORD": "first"})
    assert not find_needs(tmp_path, {"DEMO_PASSWORD": "first"}, versions=versions).demo_town
    assert not find_needs(tmp_path, {}, versions=versions).demo_town
    assert find_needs(tmp_path, {"DEMO_PASSWORD": "second"}, versions=versions).demo_town
    assert find_needs(tmp_path, {"DATABASE_URL": "mysql+pymysql://elsewhere/x"}, versions=versions).demo_town
    assert "first" not in (tmp_path / "demo.json").read_text()


def test_production_gets_no_demo_town(tmp_path: Path, versions: Path) -> None:
    assert not find_needs(tmp_path, {"APP_ENV": "production"}, versions=versions).demo_town


def test_an_instance_has_one_server(tmp_path: Path) -> None:
    with occupy(tmp_path / "instance"):
        with pytest.raises(InstanceBusy):
            occupy(tmp_path / "instance")
        refused = start(INSTANCE_PATH=str(tmp_path / "instance"), PORT="0")
    assert refused.returncode == 1
    assert "A server already runs on" in refused.stderr
    occupy(tmp_path / "instance").close()


def test_a_taken_port_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = start(INSTANCE_PATH=str(tmp_path / "instance"), PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port} cannot be opened" in refused.stderr
    assert f"PORT={port + 1} scripts/server" in refused.stderr


def test_a_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    refused = start(INSTANCE_PATH=str(tmp_path / "instance"), PORT="eight")
    assert (refused.returncode, refused.stderr) == (1, "PORT is 'eight'; it must be a whole number from 0 to 65535.\n")


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.embedded"]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=False)
