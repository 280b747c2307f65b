"""A table's rows: every one is tried, and each that fails is reported."""

import subprocess
import sys
from pathlib import Path

from config import ROOT
from tests.support.waiting import HANGS_AFTER_S

TABLE = """
from pathlib import Path
import pytest
from tests.support.tables import each_row

@pytest.fixture
def ten():
    return 10

@each_row("sign", [1, -1])
@each_row("number, double", [(1, 2), (2, 5), (3, 6), (4, 9)])
def test_doubles(number, double, sign, ten):
    Path("tried.txt").open("a").write(f"{sign * number} ")
    assert (ten, sign * number * 2) == (10, sign * double)

@each_row("path", [Path("good"), Path("bad")])
def test_good(path):
    assert path.name == "good"

@each_row("number", [1, 2])
def test_all_right(number):
    assert number
"""


def test_every_row_is_tried_and_each_that_fails_is_reported(tmp_path: Path) -> None:
    (tmp_path / "test_table.py").write_text(TABLE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-n", "1", "test_table.py"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=False)
    assert run.returncode == 1
    assert sorted((tmp_path / "tried.txt").read_text().split(), key=int) == ["-4", "-3", "-2", "-1", "1", "2", "3", "4"]
    headings = [line for line in run.stdout.splitlines() if line.startswith("__")]
    assert [sum(f"number='{number}'" in line for line in headings) for number in (1, 2, 3, 4)] == [0, 2, 0, 2]
    assert sum("'bad'" in line for line in headings) == 1
    assert "test_all_right" not in run.stdout
