"""A number belongs to one company, switched on or off; what waited for it is worked through when it is on."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.agents.activation_switch import set_number_active
from app.domain.companies.phone_numbers import NumberTaken, assign_number, list_connection_companies, list_unassigned_numbers
from app.models import AuditEntry, Company, Connection, PhoneNumber, WebhookEvent
from tests.factories.companies import WebhookEventFactory
from tests.factories.salon import Salon
from tests.support.agent_call import MITTE, make_salon_with_numbers
from tests.support.tables import each_row


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon_with_numbers()


@pytest.fixture
def other(db: SQLAlchemy, salon: Salon) -> Salon:
    return make_salon_with_numbers("barbier-lindqvist", numbers=("+498999998200", "+498999998201"))


def _switch(salon: Salon, *, on: bool) -> None:
    with company_scope(salon.company_id), transaction():
        set_number_active(PhoneNumber.query.filter_by(e164=MITTE).one().id, on=on)


def _owner(db: SQLAlchemy) -> PhoneNumber:
    with unscoped():
        return db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == MITTE).execution_options(populate_existing=True)).one()


@each_row("is_on, is_company_on", [(True, True), (False, True), (True, False)])
def test_a_number_is_not_given_away_whoever_is_switched_off(
    db: SQLAlchemy, salon: Salon, other: Salon, is_on: bool, is_company_on: bool
) -> None:
    _switch(salon, on=is_on)
    with transaction():
        db.session.get_one(Company, salon.company_id).is_active = is_company_on
    with pytest.raises(NumberTaken) as refused, transaction():
        assign_number(MITTE, company_id=other.company_id, branch_id=other.branches["mitte"])
    owner = refused.value.owner
    assert (owner.company_id, owner.branch, owner.is_active, owner.is_company_active) == (
        salon.company_id, "Berlin-Mitte", is_on, is_company_on
    )  # fmt: skip
    assert "Salon" not in refused.value.message
    assert (_owner(db).company_id, _owner(db).is_active) == (salon.company_id, is_on)


def test_its_own_company_switches_it_on_by_assigning_it_which_is_kept_in_the_audit_log(db: SQLAlchemy, salon: Salon) -> None:
    _switch(salon, on=False)
    with transaction():
        assign_number(MITTE, company_id=salon.company_id, branch_id=salon.branches["pankow"])
    assert _owner(db).is_active
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.company_id == salon.company_id).order_by(AuditEntry.id))
    assert list(actions) == ["number_switched_off", "number_switched_on"]


def test_what_waited_for_a_number_that_was_off_becomes_due_when_it_is_on(db: SQLAlchemy, salon: Salon) -> None:
    WebhookEventFactory(status="unassigned", reason="number_off", to_number=MITTE)
    WebhookEventFactory(status="unassigned", reason="unknown_number", to_number="+493099999999")
    db.session.commit()
    _switch(salon, on=False)
    assert {event.status for event in db.session.scalars(select(WebhookEvent))} == {"unassigned"}
    _switch(salon, on=True)
    assert dict(db.session.execute(select(WebhookEvent.to_number, WebhookEvent.status)).all()) == {
        MITTE: "pending", "+493099999999": "unassigned"
    }  # fmt: skip


def test_the_tray_names_whose_a_number_is_and_over_whose_connection_its_events_came(db: SQLAlchemy, salon: Salon, other: Salon) -> None:
    with company_scope(other.company_id), transaction():
        connection = Connection(provider="retell", api_key="key_of_theirs")
        db.session.add(connection)
        db.session.execute(update(Company).where(Company.id == other.company_id).values(name="Barbier Lindqvist"))
    WebhookEventFactory(status="unassigned", reason="other_company_connection", to_number=MITTE, connection_id=connection.id)
    WebhookEventFactory(status="unassigned", reason="unknown_number", to_number="+493099999999")
    db.session.commit()
    owners = {row["to_number"]: row["owner"] for row in list_unassigned_numbers()}
    assert owners[MITTE].company_id == salon.company_id
    assert owners["+493099999999"] is None
    assert list_connection_companies(MITTE) == ["Barbier Lindqvist"]
    assert list_connection_companies("+493099999999") == []


def test_what_is_no_number_at_all_stands_in_the_tray_as_well(db: SQLAlchemy, salon: Salon) -> None:
    WebhookEventFactory(status="unassigned", reason="unknown_number", to_number="Zaunkönig")
    db.session.commit()
    assert [(row["to_number"], row["owner"]) for row in list_unassigned_numbers()] == [("Zaunkönig", None)]
