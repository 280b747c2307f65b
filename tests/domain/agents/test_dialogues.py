"""Dialogues through the real door: each ends in the bookings, tasks and tool calls that its name says."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Closure, Customer, Service, StaffService, StaffTask, WaitlistEntry, WorkingHours
from tests.domain.agents.dialogues import DIALOGUES, Dialogue, Use
from tests.factories.salon import Salon
from tests.support.agent_call import BERLIN, AgentCall, book, get_bookings, get_tool_calls, make_salon_with_numbers

pytestmark = pytest.mark.exhaustive


def test_there_are_enough_of_them() -> None:
    assert len(DIALOGUES) >= 25
    assert len({dialogue.name for dialogue in DIALOGUES}) == len(DIALOGUES)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[dialogue.name for dialogue in DIALOGUES])
def test_dialogue(db: SQLAlchemy, client: FlaskClient, dialogue: Dialogue, monday: time_machine.Traveller) -> None:
    if dialogue.moment:
        monday.move_to(dialogue.moment)
    salon = make_salon_with_numbers(**dialogue.policy)
    _furnish(salon, dialogue)
    for start, customer, staff, branch in dialogue.before:
        book(salon, start, customer=customer, staff=staff, branch=branch)
    for person in dialogue.sick:
        _is_sick(salon, person)
    agent_call = AgentCall(client, from_number=dialogue.number, to_number=dialogue.dialled, utterances=list(dialogue.said))
    agent_calls = {None: agent_call} | {
        by: AgentCall(client, from_number=by, call_id=f"call_of_{by}") for by in {each.by for each in dialogue.uses} - {None}
    }
    told: dict[str, Any] = {}
    for each in dialogue.uses:
        monday.shift(each.after_minutes * 60)
        told = _speak(agent_calls[each.by], each, told)
    _check_bookings(salon, dialogue)
    with company_scope(salon.company_id):
        assert tuple(the_db.session.scalars(select(StaffTask.kind).order_by(StaffTask.kind))) == dialogue.tasks
        assert len(the_db.session.scalars(select(WaitlistEntry)).all()) == dialogue.waiting
    for by, spoken in agent_calls.items():
        _check_uses(salon, spoken.call_id, [each for each in dialogue.uses if each.by == by])


def _check_uses(salon: Salon, call_id: str, uses: list[Use]) -> None:
    written = get_tool_calls(salon, call_id)
    assert [tool.name for tool in written] == [each.name for each in uses]
    assert [tool.ok for tool in written] == [each.code is None for each in uses]
    assert all(tool.finished_at and tool.duration_ms is not None and tool.database_ms is not None for tool in written)


def _speak(agent_call: AgentCall, each: Use, before: dict[str, Any]) -> dict[str, Any]:
    given = {name.removesuffix("_given"): _filled(value, before) for name, value in each.given.items()}
    told = agent_call.use(each.name, **given)
    assert (told["ok"], told.get("code")) == (each.code is None, each.code), told
    for path, value in each.data.items():
        assert _at(told["data"], path) == value, told
    for words in each.says:
        assert words in told["say"], told["say"]
    return told["data"]


def _filled(value: Any, before: dict[str, Any]) -> Any:
    return _at(before, value[1:]) if isinstance(value, str) and value.startswith("$") else value


def _at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step)] if step.isdigit() else data[step]
    return data


def _check_bookings(salon: Salon, dialogue: Dialogue) -> None:
    names = {value: key for key, value in (salon.people | salon.branches).items()}
    seeded = {(start, staff) for start, customer, staff, _branch in dialogue.before if customer is None}
    with company_scope(salon.company_id):
        customers = {customer.id: customer.name for customer in the_db.session.scalars(select(Customer))}
    standing = [
        (local, names[booking.staff_id], names[booking.branch_id], customers.get(booking.customer_id or ""))
        for booking in get_bookings(salon)
        if booking.is_active
        for local in [booking.starts_at.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")]
    ]
    wanted = [entry for entry in standing if entry in dialogue.bookings or (entry[0], entry[1]) not in seeded]
    assert tuple(sorted(wanted, key=str)) == tuple(sorted(dialogue.bookings, key=str))


def _furnish(salon: Salon, dialogue: Dialogue) -> None:
    with company_scope(salon.company_id), transaction():
        for branch in dialogue.closed:
            the_db.session.add(
                Closure(kind="closure", branch_id=salon.branches[branch], local_start=datetime(2026, 5, 4), local_end=datetime(2026, 5, 9))
            )
        for number, name in enumerate(dialogue.services):
            service = Service(slug=f"further-{number}", name=name, minutes=60, position=10 + number)
            the_db.session.add(service)
            the_db.session.flush()
            the_db.session.add_all(StaffService(staff_id=person, service_id=service.id) for person in salon.people.values())
        if dialogue.sundays:
            the_db.session.add_all(WorkingHours(branch_id=branch, weekday=6, opens=0, closes=18 * 60) for branch in salon.branches.values())


def _is_sick(salon: Salon, person: str) -> None:
    with company_scope(salon.company_id), transaction():
        the_db.session.add(
            Closure(kind="sick", staff_id=salon.people[person], local_start=datetime(2026, 5, 4), local_end=datetime(2026, 5, 9))
        )
