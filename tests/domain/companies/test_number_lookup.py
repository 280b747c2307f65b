"""Whose a call is: the stored call comes before the number, the number before the agent, and a connection speaks for its own company."""

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.companies.number_lookup import CallAddress, find_owner, find_owners
from app.models import Agent, Company, Connection, PhoneNumber
from tests.factories.salon import Salon
from tests.support.agent_call import MITTE, PANKOW, make_salon_with_numbers
from tests.support.calls import make_call

UNKNOWN = "+493099999999"


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon_with_numbers()


@pytest.fixture
def other(db: SQLAlchemy, salon: Salon) -> Salon:
    return make_salon_with_numbers("barbier-lindqvist", numbers=("+498999998200", "+498999998201"))


def _make_connection(db: SQLAlchemy, salon: Salon) -> str:
    with company_scope(salon.company_id), transaction():
        connection = Connection(provider="retell", api_key="key_of_theirs")
        db.session.add(connection)
        db.session.flush()
        return connection.id


def test_dialled_number_leads_to_its_branch_and_is_cached_afterwards(salon: Salon) -> None:
    first, second = (find_owner("retell", "call_1", MITTE, None) for _ in range(2))
    assert first and second
    assert (first.company_id, first.branch_id, first.by) == (salon.company_id, salon.branches["mitte"], "number")
    assert (first.cached, second.cached) == (False, True)


def test_stored_call_keeps_its_company_whatever_number_is_named(db: SQLAlchemy, salon: Salon, other: Salon) -> None:
    make_call(db.session.get_one(Company, salon.company_id), provider_call_id="call_1")
    owner = find_owner("retell", "call_1", "+498999998200", None)
    assert owner and (owner.company_id, owner.by) == (salon.company_id, "call")


def test_call_id_counts_only_with_its_connection(db: SQLAlchemy, salon: Salon, other: Salon) -> None:
    make_call(db.session.get_one(Company, salon.company_id), provider_call_id="call_1")
    theirs = _make_connection(db, other)
    assert find_owner("retell", "call_1", None, theirs) is None
    owner = find_owner("retell", "call_1", "+498999998200", theirs)
    assert owner and owner.company_id == other.company_id


def test_web_call_belongs_to_the_only_branch_of_its_agent(db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        agent = Agent(name="Lena", provider="retell", provider_agent_id="agent_lena")
        db.session.add(agent)
        db.session.flush()
        db.session.execute(update(PhoneNumber).where(PhoneNumber.e164 == MITTE).values(agent_id=agent.id))
    owner = find_owner("retell", "call_1", None, None, agent_ref="agent_lena")
    assert owner and (owner.branch_id, owner.by) == (salon.branches["mitte"], "agent")
    assert find_owner("retell", "call_1", UNKNOWN, None, agent_ref="agent_lena") is None


def test_calls_without_owner_are_told_apart(db: SQLAlchemy, salon: Salon, other: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.execute(update(PhoneNumber).where(PhoneNumber.e164 == PANKOW).values(valid_from=now()))
    theirs, before = _make_connection(db, other), now() - timedelta(hours=1)
    owners = find_owners(
        [
            CallAddress("retell", "call_1", None),
            CallAddress("retell", "call_2", UNKNOWN),
            CallAddress("retell", "call_3", PANKOW, started_at=before),
            CallAddress("retell", "call_4", MITTE, theirs),
            CallAddress("retell", "call_5", MITTE),
        ]
    )
    assert [owner.company_id for owner in owners] == [None, None, salon.company_id, salon.company_id, salon.company_id]
    assert [owner.reason for owner in owners] == ["no_number", "unknown_number", "before_valid_from", "other_company_connection", None]
    assert [owner.match is None for owner in owners] == [True, True, True, True, False]
    assert [owner.number for owner in owners] == [None, UNKNOWN, PANKOW, MITTE, MITTE]


def test_number_that_is_off_names_its_owner_and_leads_nowhere(db: SQLAlchemy, salon: Salon, other: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.execute(update(PhoneNumber).where(PhoneNumber.e164 == MITTE).values(is_active=False))
    with transaction():
        db.session.get_one(Company, other.company_id).is_active = False
    owners = find_owners([CallAddress("retell", "call_1", MITTE), CallAddress("retell", "call_2", "+498999998200")])
    assert [(owner.match, owner.reason, owner.company_id) for owner in owners] == [
        (None, "number_off", salon.company_id), (None, "company_off", other.company_id)
    ]  # fmt: skip
