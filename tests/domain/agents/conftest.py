"""A Monday morning at Salon Lindgren."""

from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from tests.factories.salon import Salon
from tests.support.agent_call import MONDAY, AgentCall, make_salon_with_numbers


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon_with_numbers()


@pytest.fixture
def agent_call(salon: Salon, client: FlaskClient) -> AgentCall:
    return AgentCall(client)
