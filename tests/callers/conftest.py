"""The scripts: data written by people who did not see the code, and the clock that each sets to its own morning or evening."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.callers.script import Run
from tests.callers.world import build

SCRIPTS = Path(__file__).parent / "scripts"


def load(name: str) -> list[dict[str, Any]]:
    return json.loads((SCRIPTS / f"{name}.json").read_text())


def play(script: dict[str, Any], client: FlaskClient, clock: time_machine.Traveller) -> Run:
    return Run(script, build(script, clock), client).go()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-08-19T08:05:00+00:00", tick=True) as traveller:
        yield traveller
