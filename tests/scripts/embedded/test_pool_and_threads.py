"""Threads and connections of a web process fit each other, and a pair that does not is named at the start."""

import runpy
from types import SimpleNamespace
from typing import Any

import pytest

from config import Settings
from tests.support.production import procfile
from tests.support.running_server import ROOT

DEFAULT = Settings.model_fields["database_pool"].default


@pytest.fixture
def conf() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def said(conf: dict[str, Any], threads: int) -> list[str]:
    lines: list[str] = []
    conf["on_starting"](SimpleNamespace(cfg=SimpleNamespace(threads=threads), log=SimpleNamespace(warning=lines.append)))
    return lines


def test_defaults_fit_each_other(conf: dict[str, Any]) -> None:
    assert conf["DATABASE_POOL"] == DEFAULT
    assert f"--threads ${{WEB_THREADS:-{DEFAULT}}}" in procfile()["web"]


@pytest.mark.parametrize(("pool", "threads", "lines"), [("", DEFAULT, 0), ("8", 8, 0), ("8", 9, 1), ("16", 32, 1)])
def test_threads_without_connections_are_named_in_one_line(
    conf: dict[str, Any], monkeypatch: pytest.MonkeyPatch, pool: str, threads: int, lines: int
) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://somewhere/askproai")
    monkeypatch.setenv("DATABASE_POOL", pool)
    found = said(conf, threads)
    assert len(found) == lines
    assert all("WEB_THREADS" in line and "DATABASE_POOL" in line and "\n" not in line for line in found)


def test_sqlite_is_not_warned_of(conf: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert said(conf, 96) == []
