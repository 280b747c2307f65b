"""What is looked at before a process serves: the address, the database, Redis."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.core.start_check import check_connections, find_address_problem, find_mail_problem
from config import ROOT, Settings, SettingsRefused

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NOBODY = "mysql+pymysql://heim:geheim@127.0.0.1:1/askproai"


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    values = {
        "APP_ENV": "production", "SECRET_KEY": "s", "ENCRYPTION_KEYS": KEY, "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3",
        "REDIS_URL": "redis://127.0.0.1:1", "INSTANCE_PATH": str(tmp_path), "PUBLIC_URL": "https://app.example.com",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.mark.parametrize("address", ["https://app.example.com", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_an_address_under_which_a_browser_keeps_its_session_is_right(
    production: dict[str, str], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", address)
    assert find_address_problem(Settings()) is None


def test_plain_http_in_production_is_named_with_what_it_prevents(production: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "http://app.example.com")
    problem = find_address_problem(Settings())
    assert problem and problem.startswith("PUBLIC_URL is 'http://app.example.com'") and "sign in" in problem and "https" in problem
    monkeypatch.setenv("APP_ENV", "development")
    assert find_address_problem(Settings()) is None


def test_a_missing_address_in_production_is_named(production: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBLIC_URL")
    problem = find_address_problem(Settings())
    assert problem and problem.startswith("PUBLIC_URL is not set") and "http://localhost:8000" in problem


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, None),
        ({"SMTP_URL": "mailbox://local", "MAIL_FROM": "termine@example.com"}, None),
        ({"SMTP_URL": "mailbox://local"}, "SMTP_URL is set and MAIL_FROM is not: no e-mail leaves until both are."),
        ({"MAIL_FROM": "termine@example.com"}, "MAIL_FROM is set and SMTP_URL is not: no e-mail leaves until both are."),
    ],
)
def test_half_of_what_mails_need_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], problem: str | None
) -> None:
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    for name in ("SMTP_URL", "MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert find_mail_problem(Settings()) == problem


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.core.start_check", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_script_ends_with_1_where_nobody_answers(production: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", NOBODY)
    asked = run()
    assert asked.returncode == 1
    assert "DATABASE_URL: no MariaDB answers at 127.0.0.1:1" in asked.stderr and "geheim" not in asked.stdout + asked.stderr
    assert run("--now").returncode == 1


def test_gunicorn_waits_for_those_who_do_not_answer_yet(production: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", NOBODY)
    monkeypatch.setenv("PUBLIC_URL", "http://app.example.com")
    asked = run("--wait")
    assert asked.returncode == 0
    assert "start.waits" in asked.stdout + asked.stderr and "start.address" in asked.stdout + asked.stderr


def test_a_database_that_is_not_migrated_is_named_with_where_it_comes_from(
    production: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SettingsRefused, match=r"The database .*x\.sqlite3 \(from DATABASE_URL, APP_ENV is production\) is not migrated"):
        check_connections(Settings(), waits=False)
    for name in ("DATABASE_URL", "REDIS_URL", "APP_ENV"):
        monkeypatch.delenv(name)
    with pytest.raises(SettingsRefused, match=r"askproai\.sqlite3 \(for DATABASE_URL is not set, APP_ENV is development\) is not migrated"):
        check_connections(Settings(), waits=False)
    check_connections(Settings(), waits=False, migrates=True)
