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
from tests.factories.salons import at
from tests.support.elsewhere import CUT_ANNA, CUT_BEN, DESK, Elsewhere

STEPS = 30
TIMES = [at("2026-05-12T09:00") + timedelta(minutes=30 * number) for number in range(10)]
TROUBLES = ("lost", "cut", "500", "500 after", "junk", "429", "slow")


class Life:
    """One thing after the other, drawn by lot."""

    def __init__(self, elsewhere: Elsewhere, seed: int) -> None:
        self.elsewhere, self.lot, self.people = elsewhere, random.Random(seed), 0
        self.steps: list[Callable[[], object]] = [
            self.book_here, self.book_here, self.move_here, self.cancel_here, self.book_there, self.book_there, self.move_there,
            self.cancel_there, self.trouble, self.work, self.work, self.hear, self.lose_a_webhook, self.shuffle, self.pass_time,
        ]  # fmt: skip

    def live(self) -> None:
        for _step in range(STEPS):
            try:
                self.lot.choice(self.steps)()
            except (AppError, Refusal):
                # a time that is taken, or a booking that is over
                continue
            self.elsewhere.later(self.lot.choice([0.01, 1, 20]))

    def somebody(self) -> str:
        self.people += 1
        return f"Kunde {chr(64 + self.people)}"

    def book_here(self) -> None:
        person = self.lot.choice(["anna", "ben"])
        customer = self.elsewhere.mira(self.somebody(), f"+49151123456{self.people:02}")
        start = self.lot.choice(TIMES).astimezone(at("2026-05-12T09:00").tzinfo)
        local = (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
        self.elsewhere.book(f"cut:{person}", starts=local, customer_id=customer)

    def move_here(self) -> None:
        if found := self.elsewhere.bookings("confirmed", "pending"):
            booking, start = self.lot.choice(found), self.lot.choice(TIMES)
            staff = self.elsewhere.salon.people[self.lot.choice(["anna", "ben"])]
            self.elsewhere.do(lambda: reschedule_booking(booking.id, DESK, starts_at=start, staff_id=staff))

    def cancel_here(self) -> None:
        if found := self.elsewhere.bookings("confirmed", "pending"):
            booking = self.lot.choice(found)
            self.elsewhere.do(lambda: cancel_booking(booking.id, DESK))

    def book_there(self) -> None:
        number = self.lot.choice([CUT_ANNA, CUT_BEN])
        self.elsewhere.double.book(number, self.lot.choice(TIMES), self.somebody(), email=f"kunde{self.people}@example.de")

    def move_there(self) -> None:
        if found := self.elsewhere.double.standing():
            self.elsewhere.double.move(self.lot.choice(found)["uid"], self.lot.choice(TIMES))

    def cancel_there(self) -> None:
        if found := self.elsewhere.double.standing():
            self.elsewhere.double.cancel(self.lot.choice(found)["uid"])

    def trouble(self) -> None:
        on = self.lot.choice(["POST /bookings", "GET /bookings", "POST /bookings/"])
        self.elsewhere.double.fail(self.lot.choice(TROUBLES), on=on, times=self.lot.choice([1, 2]), seconds=0.3)

    def work(self) -> None:
        self.elsewhere.work()

    def hear(self) -> None:
        self.elsewhere.hear()

    def lose_a_webhook(self) -> None:
        if waiting := self.elsewhere.double.outbox:
            waiting.pop(self.lot.randrange(len(waiting)))

    def shuffle(self) -> None:
        self.lot.shuffle(self.elsewhere.double.outbox)
        self.elsewhere.double.outbox += self.elsewhere.double.outbox[:2]

    def pass_time(self) -> None:
        self.elsewhere.later(self.lot.choice([40, 200]))
        self.elsewhere.rested()

    def heal(self) -> None:
        """Everything works again, the breaker's rest is over, and a day goes by."""
        self.elsewhere.double.mend()
        for pause in (700, 700, 25 * 3600, 700):
            self.elsewhere.rested()
            self.elsewhere.later(pause)
            self.elsewhere.work()
            self.elsewhere.hear()
            with company_scope(self.elsewhere.salon.company_id):
                reconcile_calendar(self.elsewhere.connection_id)
        self.elsewhere.work()
        self.elsewhere.hear()


@pytest.mark.parametrize("seed", range(12))
def test_in_the_end_both_say_the_same(elsewhere: Elsewhere, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.15)
    life = Life(elsewhere, seed)
    life.live()
    life.heal()
    here = {booking.id: booking for booking in elsewhere.bookings("confirmed", "pending")}
    there = {row["uid"]: row for row in elsewhere.double.standing()}
    syncs = {booking_id: elsewhere.sync(booking_id) for booking_id in here}
    assert Counter(sync.status for sync in syncs.values()).keys() <= {"synced", "conflict"}
    in_step = {sync.uid: here[booking_id] for booking_id, sync in syncs.items() if sync.status == "synced"}
    for uid, booking in in_step.items():
        assert uid in there, f"{booking.starts_at} stands here only"
        assert there[uid]["start"] == iso(booking.starts_at)
    others = {sync.uid for sync in syncs.values() if sync.status == "conflict"}
    names = elsewhere.names()
    strangers = [row["start"] for uid, row in there.items() if uid not in in_step and uid not in others and names.get(uid) != "refused"]
    assert strangers == []
    # what could not be had on the other side is on the desk's list
    assert len(elsewhere.tasks()) >= sum(sync.status == "conflict" for sync in syncs.values())
