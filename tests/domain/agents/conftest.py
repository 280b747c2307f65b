"""A Monday morning at Salon Lindgren."""

from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from tests.factories.salons import Salon
from tests.support.agent_line import MONDAY, Line, make_house


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_house()


@pytest.fixture
def line(salon: Salon, client: FlaskClient) -> Line:
    return Line(client)
