"""A salon on a Monday in May with a key for its programs, on each database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.transactions import transaction
from app.domain.accounts.api_keys import SCOPES, create_key
from app.models import Company
from tests.factories.salon import PRESENT, Salon, make_salon

Ask = Callable[..., Any]


def key_of(db: SQLAlchemy, company_id: str, *scopes: str) -> str:
    with transaction():
        company = db.session.get(Company, company_id)
        assert company is not None
        return create_key(company, "Kasse", list(scopes or SCOPES))[1]


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=True):
        yield make_salon()


@pytest.fixture
def ask(db: SQLAlchemy, client: FlaskClient, salon: Salon) -> Ask:
    """Asks the API with the salon's key: `ask("get", "/bookings", status="confirmed")`, `ask("post", "/bookings", json={…})`."""
    plain = key_of(db, salon.company_id)

    def asking(method: str, path: str, *, key: str = plain, json: Any = None, headers: Any = None, **query: str) -> Any:
        own = {"Authorization": f"Bearer {key}", **(headers or {})}
        return client.open(f"/api/v1{path}", method=method.upper(), json=json, headers=own, query_string=query)

    return asking


def wanted(salon: Salon, starts_at: str = "2026-05-12T10:00:00+02:00", **changes: Any) -> dict[str, Any]:
    """The body of a booking at Anna's."""
    return {
        "service_id": salon.services["cut"],
        "branch_id": salon.branches["mitte"],
        "staff_id": salon.people["anna"],
        "starts_at": starts_at,
        "customer": {"name": "Mira Sommer", "phone": "0171 3920050"},
    } | changes
