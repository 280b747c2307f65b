"""Dialogues at the demo companies: what stands in the end is what was said."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.demo.companies import KRUSE, LINDGREN, MORGENSTERN
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.scheduling.types import VisitPart
from app.models import (
    Booking,
    Branch,
    Connection,
    Customer,
    CustomerIdentifier,
    Hold,
    Policy,
    Service,
    StaffMember,
    StaffTask,
    WaitlistEntry,
)
from tests.domain.agents.demo_dialogues import DIALOGUES, MOMENT, Dialogue, Earlier, Use
from tests.domain.agents.invented_dialogues import INVENTED
from tests.support.agent_call import BERLIN, AgentCall
from tests.support.demo_company import make_demo_company

pytestmark = pytest.mark.exhaustive

DEMO_COMPANIES = (LINDGREN, MORGENSTERN, KRUSE)
ALL = DIALOGUES + INVENTED


@dataclass(frozen=True)
class World:
    """Ids by the demo salon's keys, and the earlier bookings by the names of the dialogue."""

    company_id: str
    branches: dict[str, str]
    services: dict[str, str]
    staff: dict[str, str]
    earlier: dict[str, dict[str, str]]


@pytest.mark.parametrize("dialogue", ALL, ids=[dialogue.name for dialogue in ALL])
def test_dialogue(db: SQLAlchemy, client: FlaskClient, dialogue: Dialogue, monday: time_machine.Traveller) -> None:
    monday.move_to(MOMENT)
    world = _build(dialogue)
    agent_call = AgentCall(client, from_number=dialogue.number, to_number=dialogue.dialled, utterances=list(dialogue.said))
    answers: list[dict[str, Any]] = []
    for each in dialogue.uses:
        answers.append(_use(agent_call, each, world, answers))
    with company_scope(world.company_id):
        _check_bookings(world, dialogue)
        _check_tasks(dialogue)
        assert dialogue.open_holds in (None, len(the_db.session.scalars(select(Hold).where(Hold.active())).all()))
        assert len(the_db.session.scalars(select(WaitlistEntry)).all()) == dialogue.waiting


def _build(dialogue: Dialogue) -> World:
    demo = next(each for each in DEMO_COMPANIES if dialogue.dialled in [branch.number for branch in each.branches])
    company = make_demo_company(demo)
    with company_scope(company.id), transaction():
        services = {row.name: row.id for row in the_db.session.scalars(select(Service))}
        staff = {row.name: row.id for row in the_db.session.scalars(select(StaffMember))}
        world = World(
            company.id,
            branches={row.slug: row.id for row in the_db.session.scalars(select(Branch))},
            services={service.key: services[service.name] for service in demo.services},
            staff={person.key: staff[person.name] for branch in demo.branches for person in branch.staff},
            earlier={},
        )
        if dialogue.sms:
            the_db.session.add(Connection(provider="twilio", api_key="AC1:secret", label=demo.name))
        if dialogue.policy:
            the_db.session.add(Policy(scope="company", **dialogue.policy))
    for one in dialogue.before:
        with company_scope(company.id), transaction():
            world.earlier[one.ref] = {"id": _book(world, one), "day": one.starts[:10]}
    return world


def _book(world: World, earlier: Earlier) -> str:
    at = datetime.fromisoformat(earlier.starts).replace(tzinfo=BERLIN).astimezone(UTC)
    part = VisitPart(world.services[earlier.service], world.staff[earlier.staff])
    request = BookingRequest((part,), at, world.branches[earlier.branch], "web", Actor("user", "web"), customer_id=_find_customer(earlier))
    return create_booking(request).id


def _find_customer(earlier: Earlier) -> str | None:
    if earlier.customer is None:
        return None
    customer = the_db.session.scalars(select(Customer).where(Customer.name == earlier.customer)).first()
    if customer is None:
        customer = Customer(name=earlier.customer)
        the_db.session.add(customer)
        the_db.session.flush()
        if earlier.phone:
            the_db.session.add(CustomerIdentifier(customer_id=customer.id, kind="phone", value=earlier.phone))
    return customer.id


def _use(agent_call: AgentCall, each: Use, world: World, answers: list[dict[str, Any]]) -> dict[str, Any]:
    given = {name.removesuffix("_given"): _fill(value, world, answers) for name, value in each.given.items()}
    told = agent_call.use(each.name, **given)
    if each.code is None:
        assert told["ok"], told
    elif each.code != ("*",):
        assert not told["ok"] and told["code"] in each.code, told
    for path, value in each.data.items():
        assert _dig(told["data"], path) == value, told
    for words in each.says:
        assert words in told["say"], told["say"]
    for words in each.lacks:
        assert words not in str(told), told
    return told["data"]


def _fill(value: Any, world: World, answers: list[dict[str, Any]]) -> Any:
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    first, _dot, rest = value[1:].partition(".")
    if first in world.earlier:
        return world.earlier[first][rest]
    return _dig(answers[int(first) - 1], rest) if first.isdigit() else _dig(answers[-1], value[1:])


def _dig(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step)] if step.isdigit() else data[step]
    return data


def _check_bookings(world: World, dialogue: Dialogue) -> None:
    services, staff, branches = ({row_id: key for key, row_id in ids.items()} for ids in (world.services, world.staff, world.branches))
    names = {row.id: row.name for row in the_db.session.scalars(select(Customer))}
    bookings = the_db.session.scalars(select(Booking).order_by(Booking.starts_at, Booking.id)).all()
    own = {(one.starts, one.staff) for one in dialogue.before if one.customer is None}
    found = [
        (local, services[row.service_id], staff[row.staff_id], branches[row.branch_id], names.get(row.customer_id or ""))
        for row in bookings
        if row.is_active
        for local in [row.starts_at.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")]
        if (local, staff[row.staff_id]) not in own
    ]
    assert len(found) == len(dialogue.bookings), found
    for was, wanted in zip(sorted(found, key=_by_time_and_name), sorted(dialogue.bookings, key=_by_time_and_name), strict=True):
        assert (was[0], was[1], was[3], was[4]) == (wanted[0], wanted[1], wanted[3], wanted[4]), found
        assert not wanted[2] or was[2] in wanted[2].split("|"), found
    assert sum(row.status == "cancelled" for row in bookings) == dialogue.cancelled
    assert {row.contact_phone or row.contact_email for row in bookings if row.call_id} >= set(dialogue.contacts)


def _by_time_and_name(row: tuple[Any, ...]) -> tuple[str, str]:
    return row[0], row[4] or ""


def _check_tasks(dialogue: Dialogue) -> None:
    tasks = list(the_db.session.scalars(select(StaffTask).order_by(StaffTask.id)))
    assert len(tasks) == len(dialogue.tasks), [(task.title, task.details) for task in tasks]
    for task, (kind, words) in zip(tasks, dialogue.tasks, strict=True):
        assert task.kind == kind
        for word in words:
            assert word in f"{task.title}\n{task.details}", (task.title, task.details)
