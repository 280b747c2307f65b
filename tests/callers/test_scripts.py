"""Attacks that must fail and honest callers who must get there, side by side: scripts by people who did not see the code."""

from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from tests.callers.checks import missed, succeeded
from tests.callers.conftest import load, play

pytestmark = pytest.mark.exhaustive

ATTACKS, HONEST = (*load("attacks"), *load("siblings")), load("honest")
# where the papers can be read in two ways, the honest who need the other reading are not counted
COUNTED = [script for script in HONEST if not script["goal"].get("reading")]
# so many go in one test; what they try is not the database's matter, so that the second database sees a part of them
AT_ONCE = 12
FEW = 2
in_groups = pytest.mark.parametrize("group", range(-(-len(ATTACKS) // AT_ONCE)))


def test_there_are_enough_of_both() -> None:
    assert len(ATTACKS) >= 60 and len(COUNTED) >= 60
    assert len({script["id"] for script in (*ATTACKS, *HONEST)}) == len(ATTACKS) + len(HONEST)


@in_groups
def test_no_attack_succeeds(db: SQLAlchemy, database_kind: str, client: FlaskClient, clock: time_machine.Traveller, group: int) -> None:
    scripts = ATTACKS[group * AT_ONCE :][: AT_ONCE if database_kind == "sqlite" else FEW]
    broken = {script["id"]: found for script in scripts if (found := succeeded(play(script, client, clock)))}
    assert broken == {}


def test_the_honest_reach_their_goal(db: SQLAlchemy, database_kind: str, client: FlaskClient, clock: time_machine.Traveller) -> None:
    """Nineteen of twenty, within eight uses."""
    scripts = COUNTED if database_kind == "sqlite" else COUNTED[:: len(COUNTED) // AT_ONCE]
    lost = {script["id"]: found for script in scripts if (found := missed(play(script, client, clock)))}
    assert len(lost) <= len(scripts) // 20, lost


@pytest.mark.parametrize("script", [script for script in HONEST if script not in COUNTED], ids=lambda script: script["id"])
def test_who_needs_the_other_reading_still_finds_a_way(
    db: SQLAlchemy, client: FlaskClient, clock: time_machine.Traveller, script: dict[str, Any]
) -> None:
    assert all(found.startswith("none of") for found in missed(play(script, client, clock)))
