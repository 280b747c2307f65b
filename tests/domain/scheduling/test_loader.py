"""Rows become facts: everything a salon can write down counts, in six queries, however many bookings are past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, insert

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.minute_bits import to_minute
from app.domain.scheduling.types import ServiceTiming, SlotQuery
from app.models import (
    Branch,
    BranchService,
    BusySpan,
    Closure,
    Policy,
    Resource,
    Service,
    StaffBranch,
    StaffMember,
    StaffService,
    WorkingHours,
)  # fmt: skip
from tests.factories.salon import BERLIN, PRESENT, Salon, at, make_salon
from tests.support.tables import each_row


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=True):
        salon = make_salon()
        with company_scope(salon.company_id):
            yield salon


@contextmanager
def counting(db: SQLAlchemy) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def asking(salon: Salon, *parts: str, day: str = "2026-05-12", days: int = 1, branch: str | None = "mitte") -> SlotQuery:
    start = at(f"{day}T00:00")
    branch_id = salon.branches[branch] if branch else None
    return SlotQuery(tuple(salon.part(part) for part in parts), start, start + timedelta(days=days), now(), branch_id=branch_id)


def free_times(salon: Salon, *parts: str, **window: Any) -> list[str]:
    question = asking(salon, *parts, **window)
    return [f"{start.astimezone(BERLIN):%H:%M}" for start in find_free_slots(question, load_scheduling_data(question)).list_starts()]


@each_row("parts", [("cut",), ("cut:anna",), ("wash", "cut", "colour"), ("yoga",)])
@each_row("branch", ["mitte", None])
def test_six_queries_are_enough_for_every_question(db: SQLAlchemy, salon: Salon, parts: tuple[str, ...], branch: str | None) -> None:
    question = asking(salon, *parts, days=7, branch=branch)
    with counting(db) as statements:
        facts = load_scheduling_data(question)
    assert len(statements) == 6
    assert find_free_slots(question, facts)


def test_past_bookings_are_not_even_looked_at(db: SQLAlchemy, salon: Salon) -> None:
    long_ago = to_minute(at("2026-01-01T10:00"))
    row = {"company_id": salon.company_id, "resource_id": salon.people["anna"], "kind": "booked", "holder_id": "b", "expires_at": None}
    with transaction():
        spans = [row | {"first_minute": long_ago + 30 * n, "end_minute": long_ago + 30 * n + 30} for n in range(2000)]
        db.session.execute(insert(BusySpan), spans)
    assert load_scheduling_data(asking(salon, "cut")).busy == ()


def test_hours_special_days_and_closures_of_branch_and_person_count(db: SQLAlchemy, salon: Salon) -> None:
    mitte, anna = salon.branches["mitte"], salon.people["anna"]
    with transaction():
        db.session.add(
            WorkingHours(branch_id=mitte, staff_id=anna, weekday=1, opens=13 * 60, closes=16 * 60, valid_until=date(2026, 5, 31))
        )
        db.session.add(WorkingHours(branch_id=mitte, day=date(2026, 5, 14), opens=600, closes=660, name="Himmelfahrt offen"))
        db.session.add(WorkingHours(branch_id=mitte, day=date(2026, 5, 15), opens=0, closes=0, name="Betriebsausflug"))
        db.session.add(Closure(local_start=datetime(2026, 5, 12, 14), local_end=datetime(2026, 5, 12, 15), staff_id=anna, kind="vacation"))
        db.session.add(
            Closure(local_start=datetime(2025, 5, 6, 17, 30), local_end=datetime(2025, 5, 6, 18), repeats="weekly", branch_id=mitte)
        )
    assert free_times(salon, "cut:anna") == ["13:00", "13:15", "13:30", "15:00", "15:15", "15:30"]
    assert free_times(salon, "cut:ben")[-1] == "17:00"
    assert free_times(salon, "cut:ben", day="2026-05-14") == ["10:00", "10:15", "10:30"]
    assert free_times(salon, "cut:ben", day="2026-05-15") == []
    # own hours at one branch mean none at the other
    assert free_times(salon, "cut:anna", branch="pankow") == []


def test_a_holiday_follows_the_branch_and_its_policy(db: SQLAlchemy, salon: Salon) -> None:
    assert free_times(salon, "cut", day="2026-05-14") == []
    with transaction():
        db.session.add(Policy(scope=salon.branches["pankow"], branch_id=salon.branches["pankow"], observes_holidays=False))
    assert free_times(salon, "cut", day="2026-05-14", branch="pankow")[0] == "09:00"
    assert free_times(salon, "cut", day="2026-05-14") == []


def test_the_narrowest_times_and_prices_win(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.add(BranchService(branch_id=salon.branches["mitte"], service_id=salon.services["cut"], minutes=40, price_cents=4000))
        db.session.get(StaffService, (salon.people["ben"], salon.services["cut"])).minutes = 60
    facts = load_scheduling_data(asking(salon, "cut", branch=None))
    told = {(o.staff_id, o.branch_id): (o.timing.minutes, o.price_cents) for o in facts.offers}
    anna, ben, mitte, pankow = salon.people["anna"], salon.people["ben"], salon.branches["mitte"], salon.branches["pankow"]
    assert told == {(anna, mitte): (40, 4000), (anna, pankow): (30, 3500), (ben, mitte): (60, 4000), (ben, pankow): (60, 3500)}


def test_a_shortened_service_loses_a_processing_time_that_no_longer_fits(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.get(StaffService, (salon.people["ben"], salon.services["colour"])).minutes = 45
    offer = load_scheduling_data(asking(salon, "colour:ben")).get_offer(
        salon.services["colour"], salon.people["ben"], salon.branches["mitte"]
    )
    assert offer.timing == ServiceTiming(45)


def test_what_is_switched_off_is_not_offered(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.get(StaffMember, salon.people["anna"]).is_active = False
        db.session.get(Resource, salon.rooms["chair1"]).is_active = False
        db.session.add(BranchService(branch_id=salon.branches["pankow"], service_id=salon.services["cut"], is_offered=False))
        db.session.delete(db.session.get(StaffBranch, (salon.people["ben"], salon.branches["pankow"])))
    facts = load_scheduling_data(asking(salon, "cut", "wash", branch=None))
    assert {offer.staff_id for offer in facts.offers} == {salon.people["ben"]}
    assert {room.name for room in facts.rooms} == {"chair2", "chair3"}
    with transaction():
        db.session.get(Service, salon.services["cut"]).is_active = False
        db.session.get(Branch, salon.branches["mitte"]).is_active = False
    assert load_scheduling_data(asking(salon, "cut", branch=None)).offers == ()


def test_another_companys_rows_are_not_there(db: SQLAlchemy, salon: Salon) -> None:
    other = make_salon("salon-b")
    facts = load_scheduling_data(asking(salon, "cut", branch=None))
    assert {branch.id for branch in facts.branches} == set(salon.branches.values())
    assert not {offer.staff_id for offer in facts.offers} & set(other.people.values())


def test_callers_are_barred_from_what_the_desk_keeps(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.add(Policy(scope=salon.people["anna"], staff_id=salon.people["anna"], callers_may_book=False, notice_minutes=90))
    question = asking(salon, "cut")
    told = {offer.staff_id: (offer.restriction, offer.notice_minutes) for offer in load_scheduling_data(question, for_callers=True).offers}
    assert told == {salon.people["anna"]: ("desk_only", 90), salon.people["ben"]: (None, 0)}
    assert {offer.restriction for offer in load_scheduling_data(question).offers} == {None}
