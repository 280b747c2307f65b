"""Dialogues through the real door: each ends in the bookings, tasks and tool calls that its name says."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Closure, Customer, Task, WaitlistEntry
from tests.domain.agents.dialogues import DIALOGUES, Dialogue, Use
from tests.factories.salons import Salon
from tests.support.agent_line import BERLIN, Line, book, bookings_of, make_house, tools_of


def test_there_are_enough_of_them() -> None:
    assert len(DIALOGUES) >= 25
    assert len({dialogue.name for dialogue in DIALOGUES}) == len(DIALOGUES)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[dialogue.name for dialogue in DIALOGUES])
def test_a_dialogue_ends_as_its_name_says(db: SQLAlchemy, client: FlaskClient, dialogue: Dialogue) -> None:
    salon = make_house(**dialogue.policy)
    for start, customer, staff, branch in dialogue.before:
        book(salon, start, customer=customer, staff=staff, branch=branch)
    for person in dialogue.sick:
        _is_sick(salon, person)
    line = Line(client, number=dialogue.number, dialled=dialogue.dialled, said=list(dialogue.said))
    told: dict[str, Any] = {}
    for each in dialogue.uses:
        told = _speak(line, each, told)
    _check_bookings(salon, dialogue)
    with company_scope(salon.company_id):
        assert tuple(the_db.session.scalars(select(Task.kind).order_by(Task.kind))) == dialogue.tasks
        assert len(the_db.session.scalars(select(WaitlistEntry)).all()) == dialogue.waiting
    written = tools_of(salon)
    assert [tool.name for tool in written] == [each.name for each in dialogue.uses]
    assert [tool.ok for tool in written] == [each.code is None for each in dialogue.uses]
    assert all(tool.finished_at and tool.duration_ms is not None and tool.database_ms is not None for tool in written)


def _speak(line: Line, each: Use, before: dict[str, Any]) -> dict[str, Any]:
    given = {name.removesuffix("_given"): _filled(value, before) for name, value in each.given.items()}
    told = line.use(each.name, **given)
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
        for booking in bookings_of(salon)
        if booking.is_standing
        for local in [booking.starts_at.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")]
    ]
    wanted = [entry for entry in standing if entry in dialogue.bookings or (entry[0], entry[1]) not in seeded]
    assert tuple(sorted(wanted, key=str)) == tuple(sorted(dialogue.bookings, key=str))


def _is_sick(salon: Salon, person: str) -> None:
    with company_scope(salon.company_id), transaction():
        the_db.session.add(Closure(kind="sick", staff_id=salon.people[person], starts=datetime(2026, 5, 4), ends=datetime(2026, 5, 9)))
