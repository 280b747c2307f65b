"""Strangers at the functions' door: forged, replayed and of another company; every function of the toolbox, so new ones too."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.agents.tools.registry import TOOLS
from app.models import Booking, Branch, Company, Connection, Customer, Service, StaffMember
from tests.factories.salon import Salon
from tests.support.agent_call import KEY, MONDAY, SVEA, AgentCall, book, make_salon_with_numbers
from tests.support.table_snapshots import snapshot_tables

pytestmark = pytest.mark.exhaustive

NUMBERS = ("+498999998200", "+498999998201")
# stands in every name of the other company
MARK = "Zaunkönig"
CUT = {
    "service": "Haarschnitt",
    "date": "Mittwoch",
    "time": "10 Uhr",
    "name": "Svea Thomsen",
    "new_date": "Donnerstag",
    "new_time": "11 Uhr",
}
# what may grow at the company that is called, whatever is asked there: the call and what is written down about it
FIELDS_OF_IDS = ("booking_id", "hold", "service", "staff", "branch", "name")
EVERY_TOOL = sorted(TOOLS)


@dataclass
class Houses:
    """The company that is called, the other one, and the other one's ids by what they name."""

    mine: Salon
    other: Salon
    ids: dict[str, str]
    key: str
    connection_id: str


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def houses(db: SQLAlchemy, client: FlaskClient) -> Houses:
    mine, other = make_salon_with_numbers(), make_salon_with_numbers("other", numbers=NUMBERS)
    booking = book(other, "2026-05-12T10:00", customer="Svea Thomsen")
    held = AgentCall(client, to_number=NUMBERS[0], call_id="call_other").use(
        "hold_slot", service="Haarschnitt", date="Mittwoch", time="9 Uhr"
    )
    with company_scope(other.company_id), transaction():
        for model in (Branch, Service, StaffMember, Customer):
            for row in db.session.scalars(select(model)):
                row.name = f"{MARK} {row.name}"
        db.session.get(Company, other.company_id).name = MARK
        connection = Connection(provider="retell", api_key="key_of_the_other")
        db.session.add(connection)
        db.session.flush()
        customer = db.session.scalars(select(Booking.customer_id).where(Booking.id == booking)).one()
        connection_id = connection.id
    ids = {
        "booking": booking, "hold": held["data"]["hold"], "staff": other.people["anna"], "service": other.services["cut"],
        "branch": other.branches["mitte"], "customer": customer,
    }  # fmt: skip
    return Houses(mine, other, ids, "key_of_the_other", connection_id)


def _filled(name: str) -> dict[str, Any]:
    """Everything that the function takes, so that a use which got through would do something."""
    return {field: CUT.get(field, "Mittwoch um 10") for field in TOOLS[name].arguments.model_fields}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_forged_and_replayed_uses_of_every_function_are_refused_and_change_nothing(
    db: SQLAlchemy, client: FlaskClient, houses: Houses
) -> None:
    book(houses.mine, "2026-05-12T10:00", customer="Svea Thomsen")
    before = snapshot_tables(db)
    for name in EVERY_TOOL:
        given = _filled(name)
        for agent_call, age_ms in (
            (AgentCall(client, key="key_of_somebody"), 0),
            (AgentCall(client, key=houses.key), 0),
            (AgentCall(client, key=""), 0),
            (AgentCall(client), 301_000),
            (AgentCall(client), -301_000),
            (AgentCall(client, path=f"/api/retell/function/{houses.connection_id}"), 0),
            (AgentCall(client, path="/api/retell/function/01HZZZZZZZZZZZZZZZZZZZZZZZ"), 0),
        ):
            assert agent_call.post(name, given, age_ms=age_ms).status_code == 401, name
        raw = json.dumps({"name": name, "args": given, "call": AgentCall(client).call_object(name, given)}).encode()
        for headers in ({}, {"X-Retell-Signature": "v=1,d=" + "0" * 64}, {"X-Retell-Signature": "v=" + "9" * 5000 + ",d=x"}):
            assert client.post("/api/retell/function", data=raw, headers=headers).status_code == 401, name
    assert snapshot_tables(db) == before


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_signature_is_good_for_its_own_bytes_only(db: SQLAlchemy, client: FlaskClient, houses: Houses) -> None:
    """Another function or argument under a signature that was good for something harmless."""
    from app.core.clock import now, to_ms
    from app.core.signatures import sign_retell

    agent_call = AgentCall(client)
    harmless = json.dumps({"name": "get_context", "args": {}, "call": agent_call.call_object("get_context", {})}).encode()
    signature = sign_retell(harmless, KEY, to_ms(now()))
    before = snapshot_tables(db)
    for name in EVERY_TOOL:
        raw = json.dumps({"name": name, "args": _filled(name), "call": agent_call.call_object(name, {})}).encode()
        assert client.post("/api/retell/function", data=raw, headers={"X-Retell-Signature": signature}).status_code == 401
    assert snapshot_tables(db) == before


def test_what_is_another_company_s_is_not_found(db: SQLAlchemy, client: FlaskClient, houses: Houses) -> None:
    """Its bookings, holds, staff, services, branches and customers, by id in every argument that could name one."""
    before = snapshot_tables(db, houses.other.company_id)
    for name in EVERY_TOOL:
        fields = TOOLS[name].arguments.model_fields
        for kind, value in houses.ids.items():
            agent_call = AgentCall(client, call_id=f"call_{name}_{kind}")
            asked = [dict.fromkeys(fields, value), *(_filled(name) | {field: value} for field in FIELDS_OF_IDS if field in fields)]
            for given in asked:
                told = json.dumps(agent_call.use(name, **given), ensure_ascii=False)
                assert MARK not in told, (name, kind, told)
                assert not [other for other in houses.ids.values() if other in told and other != value], (name, kind, told)
    assert snapshot_tables(db, houses.other.company_id) == before


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_naming_another_company_in_the_arguments_leads_nowhere(db: SQLAlchemy, client: FlaskClient, houses: Houses) -> None:
    """Whose call it is says the dialled number alone."""
    before = snapshot_tables(db, houses.other.company_id)
    for name in EVERY_TOOL:
        extra = {"company_id": houses.other.company_id, "company": MARK, "to_number": NUMBERS[0], "branch_id": houses.ids["branch"]}
        told = json.dumps(AgentCall(client, call_id=f"call_{name}").post(name, _filled(name) | extra).get_json(), ensure_ascii=False)
        assert houses.other.company_id not in told and houses.ids["branch"] not in told
    assert snapshot_tables(db, houses.other.company_id) == before


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_call_of_another_company_cannot_be_continued(db: SQLAlchemy, client: FlaskClient, houses: Houses) -> None:
    """The call id of B's call, on A's number: it stays B's call only by the way it came, and A's caller hears nothing of B."""
    path = f"/api/retell/function/{houses.connection_id}"
    AgentCall(client, from_number=SVEA, to_number=NUMBERS[0], call_id="call_b", key=houses.key, path=path).use("get_context")
    before = snapshot_tables(db, houses.other.company_id)
    told = AgentCall(client, call_id="call_b").use("get_context")
    assert told["data"]["company"] != MARK
    assert snapshot_tables(db, houses.other.company_id) == before
