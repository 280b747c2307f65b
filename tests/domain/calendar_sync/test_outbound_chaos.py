"""Whatever happens on both sides and between them: once all is well again, both calendars say the same."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.core.errors import AppError
from app.core.tenancy import company_scope
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.jobs.calendar_sync import reconcile_calendar
from app.providers import http
from tests.doubles.calcom_account import Refusal
from tests.doubles.calcom_shapes import iso
from tests.factories.salon import at
from tests.support.calcom_world import CUT_ANNA, CUT_BEN, DESK, CalcomWorld

pytestmark = pytest.mark.exhaustive

STEPS = 30
TIMES = [at("2026-05-12T09:00") + timedelta(minutes=30 * number) for number in range(10)]
TROUBLES = ("lost", "cut", "500", "500 after", "junk", "429", "slow")


class Life:
    """One thing after the other, drawn by lot."""

    def __init__(self, calcom: CalcomWorld, seed: int) -> None:
        self.calcom, self.lot, self.people = calcom, random.Random(seed), 0
        self.steps: list[Callable[[], object]] = [
            self.book_here, self.book_here, self.move_here, self.cancel_here, self.book_there, self.book_there, self.move_there,
            self.cancel_there, self.trouble, self.send_due, self.send_due, self.receive_webhooks, self.lose_a_webhook, self.shuffle,
            self.pass_time,
        ]  # fmt: skip

    def live(self) -> None:
        for _step in range(STEPS):
            try:
                self.lot.choice(self.steps)()
            except (AppError, Refusal):
                # a time that is taken, or a booking that is over
                continue
            self.calcom.advance(self.lot.choice([0.01, 1, 20]))

    def somebody(self) -> str:
        self.people += 1
        return f"Kunde {chr(64 + self.people)}"

    def book_here(self) -> None:
        person = self.lot.choice(["anna", "ben"])
        customer = self.calcom.make_customer(self.somebody(), f"+49151123456{self.people:02}")
        start = self.lot.choice(TIMES).astimezone(at("2026-05-12T09:00").tzinfo)
        local = (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
        self.calcom.book(f"cut:{person}", starts=local, customer_id=customer)

    def move_here(self) -> None:
        if found := self.calcom.bookings("confirmed", "pending"):
            booking, start = self.lot.choice(found), self.lot.choice(TIMES)
            staff = self.calcom.salon.people[self.lot.choice(["anna", "ben"])]
            self.calcom.run(lambda: reschedule_booking(booking.id, DESK, starts_at=start, staff_id=staff))

    def cancel_here(self) -> None:
        if found := self.calcom.bookings("confirmed", "pending"):
            booking = self.lot.choice(found)
            self.calcom.run(lambda: cancel_booking(booking.id, DESK))

    def book_there(self) -> None:
        number = self.lot.choice([CUT_ANNA, CUT_BEN])
        self.calcom.double.book(number, self.lot.choice(TIMES), self.somebody(), email=f"kunde{self.people}@example.de")

    def move_there(self) -> None:
        if found := self.calcom.double.active_bookings():
            self.calcom.double.move(self.lot.choice(found)["uid"], self.lot.choice(TIMES))

    def cancel_there(self) -> None:
        if found := self.calcom.double.active_bookings():
            self.calcom.double.cancel(self.lot.choice(found)["uid"])

    def trouble(self) -> None:
        on = self.lot.choice(["POST /bookings", "GET /bookings", "POST /bookings/"])
        self.calcom.double.fail(self.lot.choice(TROUBLES), on=on, times=self.lot.choice([1, 2]), seconds=0.3)

    def send_due(self) -> None:
        self.calcom.send_due()

    def receive_webhooks(self) -> None:
        self.calcom.receive_webhooks()

    def lose_a_webhook(self) -> None:
        if waiting := self.calcom.double.outbox:
            waiting.pop(self.lot.randrange(len(waiting)))

    def shuffle(self) -> None:
        self.lot.shuffle(self.calcom.double.outbox)
        self.calcom.double.outbox += self.calcom.double.outbox[:2]

    def pass_time(self) -> None:
        self.calcom.advance(self.lot.choice([40, 200]))
        self.calcom.clear_pauses()

    def heal(self) -> None:
        """Everything works again, the breaker's rest is over, and a day goes by."""
        self.calcom.double.restore()
        for pause in (700, 700, 25 * 3600, 700):
            self.calcom.clear_pauses()
            self.calcom.advance(pause)
            self.calcom.send_due()
            self.calcom.receive_webhooks()
            with company_scope(self.calcom.salon.company_id):
                reconcile_calendar(self.calcom.connection_id)
        self.calcom.send_due()
        self.calcom.receive_webhooks()


@pytest.mark.parametrize("seed", range(12))
def test_both_calendars_converge(calcom: CalcomWorld, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.15)
    life = Life(calcom, seed)
    life.live()
    life.heal()
    here = {booking.id: booking for booking in calcom.bookings("confirmed", "pending")}
    there = {row["uid"]: row for row in calcom.double.active_bookings()}
    syncs = {booking_id: calcom.sync(booking_id) for booking_id in here}
    assert Counter(sync.status for sync in syncs.values()).keys() <= {"synced", "conflict"}
    in_step = {sync.uid: here[booking_id] for booking_id, sync in syncs.items() if sync.status == "synced"}
    for uid, booking in in_step.items():
        assert uid in there, f"{booking.starts_at} stands here only"
        assert there[uid]["start"] == iso(booking.starts_at)
    others = {sync.uid for sync in syncs.values() if sync.status == "conflict"}
    names = calcom.external_statuses()
    strangers = [row["start"] for uid, row in there.items() if uid not in in_step and uid not in others and names.get(uid) != "refused"]
    assert strangers == []
    # what could not be had on the other side is on the desk's list
    assert len(calcom.tasks()) >= sum(sync.status == "conflict" for sync in syncs.values())
