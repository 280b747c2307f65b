"""Messages of all kinds at two companies whose customers share numbers, and an oracle that knows only who said yes, no and STOP.

Consents are given, withdrawn and given anew, numbers change hands, people write STOP and START: before a message is queued, between that
and its sending, and between two tries.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

import time_machine
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.customers.contacts import add_identifier, find_or_create
from app.domain.notifications import delivery
from app.domain.notifications.marketing_consents import (
    ConsentMissing,
    Wording,
    create_withdrawal_link,
    find_withdrawal_link,
    give_consent,
    withdraw_address,
    withdraw_consent,
)
from app.domain.notifications.message_kinds import KINDS
from app.domain.notifications.message_policies import save_message_rules
from app.domain.notifications.notification_queue import NotificationDraft, PlannedMessage, plan_notification, queue_notification
from app.domain.notifications.suppressions import lift, suppress
from app.models import Customer, CustomerIdentifier, Notification
from app.providers.http import ConnectionFailed
from app.providers.messaging.base import CalendarFile, Channel, OutgoingMessage
from tests.factories.salon import Salon, at

WORDING = Wording("Ja, Salon Lindgren darf mir Werbung schicken.", "0" * 16)
MARKETING = tuple(kind.name for kind in KINDS.values() if kind.message_class == "marketing")
SERVICE = ("staff_message", "reply", "customer_link")
PEOPLE = 10


@dataclass
class Person:
    """A customer of one company as the oracle knows them."""

    company_id: str
    customer_id: str
    addresses: dict[Channel, str]
    agreed: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class World:
    chance: random.Random
    people: list[Person] = field(default_factory=list)
    stopped: set[tuple[str, str, str]] = field(default_factory=set)
    # by the id of its row: whose message it is, and of which kind
    queued: dict[str, tuple[Person, str]] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def send(self, message: OutgoingMessage) -> str:
        """The carrier: judges what it is given, and is sometimes away."""
        if self.chance.random() < 0.1:
            raise ConnectionFailed("away", retryable=True)
        person, kind = self.queued[message.ref]
        channel: Channel = "email" if "@" in message.to else "sms"
        if (person.company_id, channel, message.to) in self.stopped:
            self.wrong.append(f"{kind} after STOP")
        if person.addresses.get(channel) != message.to and kind in MARKETING:
            self.wrong.append(f"{kind} to an address that is not the customer's")
        if kind in MARKETING and (channel, message.to) not in person.agreed:
            self.wrong.append(f"{kind} without consent")
        self.taken["marketing" if kind in MARKETING else "service"] += 1
        return f"SM{message.ref}"


class Writer:
    """Every message is worth sending, so that nothing but consent and STOP keeps one back."""

    def write(self, row: Notification) -> tuple[str, str]:
        return "Gruß", "Guten Tag"

    def is_outdated(self, row: Notification) -> bool:
        return False

    def lay_out(self, row: Notification) -> str:
        return "<p>Guten Tag</p>"

    def attach(self, row: Notification) -> CalendarFile | None:
        return None


def simulate(salons: tuple[Salon, Salon], clock: time_machine.Traveller, *, sends: int, seed: int) -> World:
    """Queue so many messages among everything else that happens, and deliver them."""
    world = World(random.Random(seed))
    with _carrier(world):
        for salon in salons:
            with company_scope(salon.company_id):
                run_in_transaction(lambda: save_message_rules({"max_per_day": 100, "quiet_from": 0, "quiet_until": 0}))
                world.people += [_add_person(salon.company_id, number) for number in range(PEOPLE)]
        clock.move_to(at("2026-06-01T08:00"))
        for number in range(sends):
            clock.shift(timedelta(minutes=20))
            person = world.chance.choice(world.people)
            with company_scope(person.company_id):
                for _again in range(world.chance.randrange(3)):
                    _live(world, person)
                _queue(world, person, number)
            if number % 10 == 9:
                _deliver(world, salons)
        clock.shift(timedelta(hours=3))
        _deliver(world, salons)
    return world


@contextmanager
def _carrier(world: World) -> Iterator[None]:
    with patch.object(delivery, "open_messenger", lambda _sender: world):
        yield


def _add_person(company_id: str, number: int) -> Person:
    """Two of each company share a number, and both companies know the same ones."""
    addresses: dict[Channel, str] = {"sms": f"+49171392{number // 2:04}", "email": f"kundin{number}@example.org"}
    create = lambda: find_or_create(f"Kundin {chr(65 + number % 26)}{number}", number=addresses["sms"], email=addresses["email"]).id  # noqa: E731
    return Person(company_id, run_in_transaction(create), addresses)


def _live(world: World, person: Person) -> None:
    """One thing that happens to the customer's consents and addresses."""
    what = world.chance.choices(("agree", "withdraw", "link", "stop", "start", "move"), (50, 12, 8, 8, 16, 6))[0]
    channel: Channel = world.chance.choice(("sms", "email"))
    address = person.addresses[channel]
    sharing = [other for other in world.people if other.company_id == person.company_id]
    if what == "agree":
        customer = lambda: db.session.get_one(Customer, person.customer_id)  # noqa: E731
        run_in_transaction(lambda: give_consent(customer(), channel, address, wording=WORDING, source="page"))
        person.agreed.add((channel, address))
    elif what == "withdraw":
        run_in_transaction(lambda: withdraw_consent(person.customer_id, channel, address, source="desk"))
        person.agreed.discard((channel, address))
    elif what == "link":
        token = run_in_transaction(lambda: create_withdrawal_link(channel, address))
        link = find_withdrawal_link(token)
        assert link is not None and link.company_id == person.company_id
        run_in_transaction(lambda: withdraw_address(channel, address, source="link"))
    elif what == "stop":
        run_in_transaction(lambda: suppress(channel, address, "opted_out"))
        world.stopped.add((person.company_id, channel, address))
    elif what == "start":
        run_in_transaction(lambda: lift(channel, address))
        world.stopped.discard((person.company_id, channel, address))
    else:
        number = world.chance.randrange(10_000)
        _move(person, channel, f"+49171393{number:04}" if channel == "sms" else f"neu{number}@example.org")
    if what in ("link", "stop"):
        for other in sharing:
            other.agreed.discard((channel, address))


def _move(person: Person, channel: Channel, address: str) -> None:
    """The customer has another number or address from now on."""
    kind = {"sms": "phone", "email": "email"}[channel]

    def work() -> None:
        old = select(CustomerIdentifier).where(CustomerIdentifier.customer_id == person.customer_id, CustomerIdentifier.kind == kind)
        for identifier in db.session.scalars(old).all():
            db.session.delete(identifier)
        db.session.flush()
        customer = db.session.get_one(Customer, person.customer_id)
        add_identifier(customer, kind, address)
        db.session.refresh(customer)

    run_in_transaction(work)
    person.addresses[channel] = address


def _queue(world: World, person: Person, number: int) -> None:
    kind = world.chance.choice(MARKETING + SERVICE)
    channel: Channel = "sms" if kind in ("staff_message", "reply") else world.chance.choice(("sms", "email"))
    recipient = (channel, person.addresses[channel])
    until = now() + timedelta(days=30)

    def work() -> Notification:
        if kind in MARKETING and world.chance.random() < 0.8:
            plan = PlannedMessage(kind, f"customer:{person.customer_id}", f"key:{number}", now() + timedelta(hours=2), until, channel)
            return plan_notification(plan, recipient, customer_id=person.customer_id)
        draft = NotificationDraft(kind, f"customer:{person.customer_id}", f"key:{number}", "Guten Tag", "Gruß", until)
        return queue_notification(draft, recipient, customer_id=person.customer_id)

    try:
        row_id = run_in_transaction(lambda: work().id)
    except ConsentMissing:
        db.session.rollback()
        world.refused += 1
        if recipient in person.agreed:
            world.wrong.append(f"{kind} refused despite consent")
        return
    if kind in MARKETING and recipient not in person.agreed:
        world.wrong.append(f"{kind} queued without consent")
    world.queued[row_id] = (person, kind)


def _deliver(world: World, salons: tuple[Salon, Salon]) -> None:
    for salon in salons:
        with company_scope(salon.company_id):
            db.session.rollback()
            due = select(Notification.id).where(Notification.status == "pending", Notification.due_at <= now())
            row_ids = list(db.session.scalars(due))
            world.chance.shuffle(row_ids)
            for row_id in row_ids:
                _work(row_id)


def _work(row_id: str) -> None:
    attempt = run_in_transaction(lambda: delivery.claim(row_id, Writer()))
    if attempt is not None:
        result = delivery.send(attempt)
        run_in_transaction(lambda: delivery.complete(attempt, result))
