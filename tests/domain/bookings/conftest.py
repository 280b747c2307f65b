"""A salon on a Monday in May, on each database."""

from collections.abc import Iterator

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from tests.factories.salons import PRESENT, Salon, make_salon


@pytest.fixture
def present(db: SQLAlchemy) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PRESENT, tick=True) as traveller:
        yield traveller


@pytest.fixture
def salon(db: SQLAlchemy, present: time_machine.Traveller) -> Iterator[Salon]:
    """The salon, and its company at work."""
    salon = make_salon()
    with company_scope(salon.company_id):
        yield salon
