"""A salon's year of messages in simulated time, and an oracle that knows only what was booked and what the rules say.

Bookings by callers, the desk and programs, moved, cancelled and confirmed at random; both changes of the clocks; a carrier that is away for
six hours and for a day, loses answers, and reports twice and in any order; workers that die between sending and noting it.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import time_machine
from sqlalchemy import func, select

from app.core.clock import now
from app.core.errors import AppError
from app.core.extensions import db
from app.core.queues import Job
from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.customer_confirmation import confirm_by_customer
from app.domain.bookings.history import Actor
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.customers.contacts import find_or_create
from app.domain.notifications import delivery
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.domain.notifications.receipts import apply_report
from app.jobs import message_writers
from app.jobs.notifications import send_notification
from app.models import Notification
from app.providers.http import ConnectionFailed, ResponseTimeout
from app.providers.messaging.base import DeliveryReport, OutgoingMessage
from tests.factories.salon import BERLIN, Salon, at
from tests.support import call_year

BEGIN, END = at("2026-01-05T08:00"), at("2027-01-04T08:00")
OUTAGES = ((at("2026-05-11T09:00"), at("2026-05-11T15:00")), (at("2026-09-14T00:00"), at("2026-09-15T00:00")))
ACTORS = (Actor("caller", "link"), Actor("user", "web", "user-1"), Actor("program", "api", "key-1"))
SOURCES = {"caller": "call", "user": "web", "program": "api"}
REMINDERS = (ReminderRule(2880, "email"), ReminderRule(180, "sms"))
MONTHS = ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
# a message is tried again within half an hour
SLACK = timedelta(minutes=36)
IMMEDIATE = timedelta(minutes=15)


@dataclass(frozen=True)
class Step:
    """What holds from this instant on: the start, or None once it is cancelled; and who said so."""

    since: datetime
    starts_at: datetime | None
    by_customer: bool


@dataclass
class Story:
    """One booking as its customer knows it."""

    addresses: tuple[str, ...]
    booking_id: str
    steps: list[Step] = field(default_factory=list)


@dataclass
class Carrier:
    """Takes messages when it is there; the reference of one that it has is not taken again, as receivers recognise it."""

    chance: random.Random
    taken: list[tuple[datetime, str, str]] = field(default_factory=list)
    refs: set[str] = field(default_factory=set)

    def send(self, message: OutgoingMessage) -> str:
        if is_away(now()):
            raise ConnectionFailed("away", retryable=True)
        if message.ref not in self.refs:
            self.refs.add(message.ref)
            self.taken.append((now(), message.to, message.body))
            if self.chance.random() < 0.02:
                raise ResponseTimeout("lost", retryable=True)
        return f"SM{message.ref}"


@dataclass
class Year:
    salon: Salon
    clock: time_machine.Traveller
    chance: random.Random
    carrier: Carrier
    stories: list[Story] = field(default_factory=list)
    call_stories: list["call_year.CallStory"] = field(default_factory=list)
    deaths: int = 0
    plan: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def schedule(self, when: datetime, work: Callable[[], None]) -> None:
        heapq.heappush(self.plan, (when, len(self.plan) + self.chance.randrange(10**9), work))

    def run(self) -> None:
        while self.plan:
            when, _turn, work = heapq.heappop(self.plan)
            self.deliver_until(when)
            self.clock.move_to(max(when, now()))
            work()
        self.deliver_until(END + timedelta(days=60))

    def deliver_until(self, until: datetime) -> None:
        """Workers for so long: each instant at which something is due, in an order that promises nothing."""
        while True:
            db.session.rollback()
            due_at = db.session.scalar(select(func.min(Notification.due_at)).where(Notification.status == "pending"))
            if due_at is None or due_at > until:
                return
            self.clock.move_to(max(due_at, now()) + timedelta(seconds=1))
            due = select(Notification.id).where(Notification.status == "pending", Notification.due_at <= now())
            row_ids = list(db.session.scalars(due))
            self.chance.shuffle(row_ids)
            for row_id in row_ids:
                self.work(row_id)

    def work(self, row_id: str) -> None:
        if self.chance.random() < 0.01:
            # the worker dies before or after the carrier has it, and notes nothing
            attempt = run_in_transaction(lambda: delivery.claim(row_id, message_writers))
            if attempt and self.chance.random() < 0.5:
                delivery.send(attempt)
            self.deaths += 1
        else:
            send_notification(row_id)
            self.report(row_id)

    def report(self, row_id: str) -> None:
        """The carrier's reports: twice, in any order, and a failure after the arrival, which is none."""
        reports = self.chance.sample(["under_way", "delivered", "delivered"], 3) + ["failed"] * (self.chance.random() < 0.1)

        def apply() -> None:
            row = db.session.get_one(Notification, row_id)
            for status in reports if row.status == "sent" else ():
                apply_report(row, DeliveryReport(row.provider_ref or "", status))  # type: ignore[arg-type]

        run_in_transaction(apply)

    def book(self, number: int) -> None:
        actor = self.chance.choice(ACTORS)
        phone, email = f"+49171392{number:04}", f"kundin{number}@example.org"
        reached = self.chance.choice(({"number": phone, "email": email}, {"number": phone}, {"email": email}))
        starts_at = self.pick_start(now(), now() + timedelta(days=30))

        def create() -> str:
            customer_id = find_or_create(f"Kundin {number}", **reached).id
            request = self.salon.request("wash", customer_id=customer_id, source=SOURCES[actor.kind], actor=actor)
            return create_booking(type(request)(**{**_fields(request), "starts_at": starts_at})).id

        story = Story(tuple(reached.values()), self.attempt(create) or "")
        if story.booking_id:
            story.steps.append(Step(now(), starts_at, actor.kind == "caller"))
            self.stories.append(story)
            self.continue_story(story)

    def continue_story(self, story: Story) -> None:
        """Plan the next thing that happens to the booking while it stands."""
        starts_at = story.steps[-1].starts_at
        what = self.chance.choices(("nothing", "move", "cancel", "confirm"), (60, 22, 12, 6))[0]
        if starts_at is None or what == "nothing" or len(story.steps) > 5:
            return
        when = now() + (starts_at - now()) * self.chance.choice((0.0005, self.chance.random() * 0.98))
        self.schedule(when, lambda: self.change(story, what))

    def change(self, story: Story, what: str) -> None:
        actor, current = self.chance.choice(ACTORS), story.steps[-1].starts_at
        if current is None or current <= now():
            return
        if what == "move":
            starts_at = self.chance.choice([step.starts_at for step in story.steps if step.starts_at] + [None])
            starts_at = starts_at or self.pick_start(now(), now() + timedelta(days=20))
            if starts_at <= now() or starts_at == current:
                return
            if self.attempt(lambda: reschedule_booking(story.booking_id, actor, starts_at=starts_at).id):
                story.steps.append(Step(now(), starts_at, actor.kind == "caller"))
        elif what == "cancel":
            self.attempt(lambda: cancel_booking(story.booking_id, actor).id)
            story.steps.append(Step(now(), None, actor.kind == "caller"))
        else:
            self.attempt(lambda: confirm_by_customer(story.booking_id, ACTORS[0]).id)
        self.continue_story(story)

    def attempt(self, work: Callable[[], str]) -> str | None:
        try:
            return run_in_transaction(work)
        except AppError:
            db.session.rollback()
            return None

    def pick_start(self, since: datetime, until: datetime) -> datetime:
        day = (since + (until - since) * self.chance.random()).astimezone(BERLIN)
        quarter = self.chance.randrange(9 * 4, 17 * 4)
        return day.replace(hour=quarter // 4, minute=quarter % 4 * 15, second=0, microsecond=0).astimezone(UTC)


def _fields(request: Any) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__dataclass_fields__}


@contextmanager
def carrier_in_place(carrier: Carrier) -> Iterator[None]:
    """Messages go to this carrier; jobs are left to the simulation."""
    with patch.object(delivery, "open_messenger", lambda _sender: carrier), patch.object(Job, "_send", lambda *_job: None):
        yield


def simulate(salon: Salon, clock: time_machine.Traveller, *, bookings: int, seed: int, callers: int = 0) -> Year:
    """Let the year pass, with so many wishes to book; those for which there is no room come to nothing. And with so many `callers`."""
    chance = random.Random(seed)
    clock.move_to(BEGIN)
    run_in_transaction(lambda: save_message_rules({"reminders": REMINDERS}))
    year = Year(salon, clock, chance, Carrier(chance))
    for number in range(bookings):
        year.schedule(BEGIN + (END - BEGIN) * chance.random(), lambda number=number: year.book(number))  # type: ignore[misc]
    for number in range(callers):
        year.schedule(BEGIN + (END - BEGIN) * chance.random(), lambda number=number: call_year.ring(year, number))  # type: ignore[misc]
    with carrier_in_place(year.carrier):
        year.run()
    return year


def judge(year: Year) -> list[str]:
    """What is wrong with what the carrier took, by the stories and the rules alone."""
    wrong = []
    for story in year.stories:
        taken = [(when, body) for when, to, body in year.carrier.taken if to in story.addresses]
        wrong += [f"{story.booking_id}: {fault}" for fault in _judge(story, taken)]
    return wrong + call_year.judge_calls(year)


def _judge(story: Story, taken: list[tuple[datetime, str]]) -> Iterator[str]:
    for when, body in taken:
        step = [step for step in story.steps if step.since <= when][-1]
        if not states(body, step):
            yield f"says at {when} what does not hold: {body}"
        if step.starts_at and when >= step.starts_at:
            yield f"comes after the start, at {when}"
        is_answer = step.by_customer and when < step.since + IMMEDIATE and "steht an" not in body
        if is_quiet(when) and not is_answer:
            yield f"comes in quiet hours, at {when}"
    ends = [step.since for step in story.steps[1:]] + [END + timedelta(days=60)]
    told: datetime | str | None = "nothing"
    last_start = None
    for step, until in zip(story.steps, ends, strict=True):
        last_start = step.starts_at or last_start
        until = min(until, last_start or until)
        notices = [body for when, body in taken if step.since <= when < until and "steht an" not in body]
        if len(notices) > 1:
            yield f"tells {len(notices)} times of what holds since {step.since}"
        if not notices and told != step.starts_at and can_be_told(step.since, until):
            yield f"never tells of what holds since {step.since}"
        told = step.starts_at if notices else told
        yield from _judge_reminders(step, until, [when for when, body in taken if step.since <= when < until and "steht an" in body])


def _judge_reminders(step: Step, until: datetime, reminded: list[datetime]) -> Iterator[str]:
    planned = sorted(due for due in (due_of(step, rule.minutes) for rule in REMINDERS) if due and step.since < due < until)
    for due, end in pairwise([*planned, until]):
        found = [when for when in reminded if due <= when < end]
        if len(found) > 1 or (not found and can_be_told(due, end)):
            yield f"reminds {len(found)} times between {due} and {end}"
        reminded = [when for when in reminded if when not in found]
    if reminded:
        yield f"reminds though nothing is due, at {reminded}"


def due_of(step: Step, minutes: int) -> datetime | None:
    """When a reminder leaves: whole days on the clock of Berlin, hours in real time; the evening before where it is night."""
    if step.starts_at is None:
        return None
    local = step.starts_at.astimezone(BERLIN)
    due = (local - timedelta(days=minutes // 1440)).astimezone(UTC) if minutes >= 1440 else step.starts_at - timedelta(minutes=minutes)
    if not is_quiet(due):
        return due
    evening = due.astimezone(BERLIN) - (timedelta(days=1) if due.astimezone(BERLIN).hour < 8 else timedelta(0))
    return evening.replace(hour=20, minute=45, second=0, microsecond=0).astimezone(UTC)


def states(body: str, step: Step) -> bool:
    if step.starts_at is None:
        return "ist abgesagt" in body
    local = step.starts_at.astimezone(BERLIN)
    return f"{local.day}. {MONTHS[local.month - 1]} um {local:%H:%M}" in body and "abgesagt." not in body


def can_be_told(since: datetime, until: datetime) -> bool:
    """Whether there is time enough with a carrier and outside quiet hours."""
    free, instant = timedelta(0), since
    while instant < until:
        free = timedelta(0) if is_away(instant) or is_quiet(instant) else free + timedelta(minutes=2)
        if free > SLACK:
            return True
        instant += timedelta(minutes=2)
    return False


def is_away(instant: datetime) -> bool:
    return any(since <= instant < until for since, until in OUTAGES)


def is_quiet(instant: datetime) -> bool:
    hour = instant.astimezone(BERLIN).hour
    return hour >= 21 or hour < 8
