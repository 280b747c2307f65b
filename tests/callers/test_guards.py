"""Each guard holds something: taken out it turns the attacks red, made stricter than needed it turns the honest callers red."""

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from tests.callers.checks import missed, succeeded
from tests.callers.conftest import load, play
from tests.callers.guards import GUARDS, STRICTER, Change

pytestmark = pytest.mark.exhaustive

ATTACKS = {script["id"]: script for script in (*load("attacks"), *load("siblings"))}
HONEST = {script["id"]: script for script in load("honest")}
each_guard = pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
each_step = pytest.mark.parametrize("step", STRICTER, ids=[step.name for step in STRICTER])
# what is taken out is the code's and not the database's
on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@on_one_database
@each_guard
def test_without_the_guard_an_attack_succeeds(
    db: SQLAlchemy, client: FlaskClient, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, guard: Change
) -> None:
    guard.apply(monkeypatch)
    for name in guard.scripts:
        assert succeeded(play(ATTACKS[name], client, clock)), name


@on_one_database
@each_step
def test_one_step_stricter_and_the_honest_are_lost(
    db: SQLAlchemy, client: FlaskClient, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, step: Change
) -> None:
    step.apply(monkeypatch)
    for name in step.scripts:
        assert missed(play(HONEST[name], client, clock)), name
