"""A Monday morning, and a line into Salon Lindgren."""

from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.support.agent_call import MONDAY, AgentCall


@pytest.fixture
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def agent_call(client: FlaskClient) -> AgentCall:
    return AgentCall(client)
