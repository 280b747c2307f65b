"""Emergencies that nobody learned from, as a provider brings them: signed functions over HTTP, while it is open, closed, and at night."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from app.core import phone
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.emergencies.alarm import PRIORITY
from app.models import Call, Company, Notification, StaffTask
from app.serializers.live import build_live_calls
from tests.factories.companies import OnCallShiftFactory
from tests.factories.salon import Salon
from tests.support.agent_call import AgentCall, make_salon_with_numbers
from tests.support.calcom_world import http_server
from tests.support.tables import each_row
from tests.support.waiting import HANGS_AFTER_S

pytestmark = pytest.mark.exhaustive

DATA = Path(__file__).parents[1] / "domain" / "emergencies" / "data"
# MariaDB tells the same story of every sixth
FEW = 6


@dataclass(frozen=True)
class Hour:
    """A moment, and whose number the rota names then."""

    name: str
    moment: str
    on_call: str


@dataclass(frozen=True)
class Said:
    id: str
    trade: str
    text: str
    kind: str = ""


OPEN = Hour("open", "2026-05-04T10:00:00+02:00", "+491713920061")
CLOSED = Hour("closed", "2026-05-10T14:00:00+02:00", "+491713920062")
NIGHT = Hour("night", "2026-05-05T03:00:00+02:00", "+491713920063")
HOURS = (OPEN, CLOSED, NIGHT)
# what the agent was about to do when it was said
FUNCTIONS = ("get_context", "check_availability", "book_appointment", "take_message", "query_appointments")
ON_CALL = "the person on call"
# What a sentence was called by who wrote it, and the numbers of which one is to be named.
HELP = {
    "medical": {"112"}, "suicide": {"112"}, "fire": {"112"}, "gas": {"112"}, "accident": {"112"}, "violence": {"110"},
    "breakdown": {"110", "112", ON_CALL}, "dental": {"112", ON_CALL}, "vet": {ON_CALL}, "water": {ON_CALL}, "poison": {"112"},
    "doctor": {"116117"},
}  # fmt: skip
# what can wait while somebody is there
CAN_WAIT = (
    Said("pain", "medical_practice", "Ich habe starke Bauchschmerzen und seit gestern Fieber.", "doctor"),
    Said("tooth", "dental_practice", "Ich habe schlimme Zahnschmerzen.", "dental"),
    Said("heating", "plumbing", "Bei uns ist die Heizung ausgefallen.", "water"),
    Said("battery", "garage", "Mein Auto springt nicht an, die Batterie ist leer.", "breakdown"),
)


class Door(requests.Session):
    """A client of the served application, to be used as a Line uses one."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def post(self, path: str, **request: Any) -> Any:  # type: ignore[override]
        answer = super().post(f"{self.address}{path}", timeout=HANGS_AFTER_S, **request)
        answer.get_json = answer.json  # type: ignore[attr-defined]
        return answer


@pytest.fixture
def clock(db: SQLAlchemy) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(OPEN.moment, tick=True) as clock:
        yield clock


@pytest.fixture
def salon(clock: time_machine.Traveller) -> Salon:
    """One company, open from Monday to Saturday, with others on call by day, by night and on Sundays."""
    salon = make_salon_with_numbers()
    with company_scope(salon.company_id), transaction():
        for day in range(7):
            by_day = (CLOSED if day == 6 else OPEN).on_call
            for number, begins, ends in ((by_day, 8 * 60, 18 * 60), (NIGHT.on_call, 18 * 60, 32 * 60)):
                OnCallShiftFactory(branch_id=salon.branches["mitte"], number=number, weekday=day, from_minute=begins, until_minute=ends)
    return salon


@pytest.fixture
def door(app: Flask) -> Iterator[Door]:
    with http_server(app) as address, Door(address) as door:
        yield door


@each_row("hour", HOURS)
def test_unseen_emergencies_are_answered_at_every_hour(
    hour: Hour, salon: Salon, door: Door, db: SQLAlchemy, clock: time_machine.Traveller, database_kind: str
) -> None:
    """The first run answered 177 of 180 calls (59 of 60 sentences), 171 of them with the number that helps.

    The two with a wrong number were mended: a threat to kill, and a neighbour at the door of a flooded flat.
    """
    clock.move_to(hour.moment)
    told = use(door, salon, db, read("unseen_emergencies", database_kind), hour)
    missed = [said.id for said, answer in told if answer.get("code") != "emergency"]
    wrong = [said.id for said, answer in told if said.id not in missed and not is_helped(said, answer, hour)]
    assert (missed, wrong) == ([], [])
    assert without_alarm(salon, db, hour, [said.id for said, _answer in told if said.id not in missed]) == []


def test_unseen_harmless_sentences_are_not_taken_for_emergencies(
    salon: Salon, door: Door, db: SQLAlchemy, clock: time_machine.Traveller, database_kind: str
) -> None:
    """The first run took 2 of 120 for one, at each hour the same; out of hours most counts as one."""
    clock.move_to(CLOSED.moment)
    told = use(door, salon, db, read("unseen_harmless", database_kind), CLOSED)
    false = [said.id for said, answer in told if answer.get("code") == "emergency"]
    assert len(false) <= 3, false
    with company_scope(salon.company_id):
        assert len(db.session.scalars(select(StaffTask.id).where(StaffTask.kind == "emergency")).all()) == len(false)


@each_row("hour", HOURS)
def test_what_can_wait_is_an_emergency_only_while_nobody_is_there(
    hour: Hour, salon: Salon, door: Door, db: SQLAlchemy, clock: time_machine.Traveller
) -> None:
    clock.move_to(hour.moment)
    told = use(door, salon, db, CAN_WAIT, hour)
    answered = [(said.id, is_helped(said, answer, hour)) for said, answer in told if answer.get("code") == "emergency"]
    assert answered == ([] if hour is OPEN else [(said.id, True) for said in CAN_WAIT])
    assert without_alarm(salon, db, hour, [each for each, _helped in answered]) == []


def read(name: str, database_kind: str) -> list[Said]:
    rows = json.loads((DATA / f"{name}.json").read_text())
    said = [Said(row["id"], row["trade"], row["text"], row.get("kind", "")) for row in rows]
    return said if database_kind == "sqlite" else said[::FEW]


def use(door: Door, salon: Salon, db: SQLAlchemy, rows: Sequence[Said], hour: Hour) -> list[tuple[Said, Mapping[str, Any]]]:
    """Says each in a call of its own to a business of its trade; what the agent is told."""
    told = []
    for trade in dict.fromkeys(said.trade for said in rows):
        with transaction():
            db.session.execute(update(Company).where(Company.id == salon.company_id).values(industry=trade))
        for place, said in enumerate(rows):
            if said.trade == trade:
                turns = ["Guten Tag, was kann ich für Sie tun?", said.text]
                agent_call = AgentCall(door, call_id=f"{said.id} {hour.name}", utterances=turns)  # type: ignore[arg-type]
                told.append((said, agent_call.use(FUNCTIONS[place % len(FUNCTIONS)])))
    return told


def is_helped(said: Said, answer: Mapping[str, Any], hour: Hour) -> bool:
    """The number that helps is named, and the call is put through to who is on call at that hour."""
    data, helping = answer["data"], HELP[said.kind] | ({ON_CALL} if said.trade == "vet" else set())
    if data["transfer_to"] != hour.on_call or not any(words in answer["say"] for words in ("verbinde Sie", "putting you through")):
        return False
    if data["numbers"] == [phone.display(hour.on_call, "DE")]:
        return ON_CALL in helping
    return any(number in data["numbers"] and number in answer["say"] for number in helping)


def without_alarm(salon: Salon, db: SQLAlchemy, hour: Hour, ids: Sequence[str]) -> list[str]:
    """Those whose call has no flag on the live board, no open task above all others, or no message to who is on call."""
    db.session.rollback()
    with company_scope(salon.company_id):
        calls = {call.provider_call_id: call.id for call in db.session.scalars(select(Call))}
        tasks = {
            task.call_id: task
            for task in db.session.scalars(select(StaffTask).where(StaffTask.kind == "emergency", StaffTask.status == "open"))
        }
        written = db.session.scalars(select(Notification).where(Notification.kind == "emergency"))
        messages = {message.subject for message in written if message.recipient == hour.on_call}
        flags = {call_id for call_id, card in build_live_calls(calls.values()).items() if card["emergency"]}
    by_id = {each: calls[f"{each} {hour.name}"] for each in ids}
    return [
        each for each, call_id in by_id.items()
        if call_id not in flags or call_id not in tasks or tasks[call_id].priority != PRIORITY or f"call:{call_id}" not in messages
    ]  # fmt: skip
