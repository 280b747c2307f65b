"""The scripts: data written by people who did not see the code, and the clock that each sets to its own morning or evening."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

SCRIPTS = Path(__file__).parent / "scripts"


def load(name: str) -> list[dict[str, Any]]:
    return json.loads((SCRIPTS / f"{name}.json").read_text())


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-08-19T08:05:00+00:00", tick=True) as traveller:
        yield traveller
