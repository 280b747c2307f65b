"""A salon whose calendar stands at Cal.com too: the double there, the application here, HTTP in both directions."""

import contextvars
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import delete, select
from werkzeug.serving import make_server

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.calendar_sync import outbound
from app.domain.customers.contacts import find_or_create
from app.domain.inbox import processor
from app.domain.inbox.store import get_body
from app.jobs.calendar_sync import sync_booking
from app.models import (
    Booking,
    BookingChange,
    BookingSync,
    BusySpan,
    CalendarMapping,
    CalendarReconciliation,
    Connection,
    ExternalEvent,
    SlotLock,
    StaffMember,
    Task,
    WebhookEvent,
)
from tests.doubles.calcom import KEY, SECRET, CalcomDouble
from tests.doubles.served import QuietHandler
from tests.factories.salons import Salon

ANNA, BEN = "anna@salon-lindgren.example", "ben@salon-lindgren.example"
CUT_ANNA, CUT_BEN, COLOUR_ANNA, WASH_ANYBODY = 910044, 910045, 910046, 910047
DESK = Actor("user", "web", "user-1")


@dataclass
class Elsewhere:
    """The salon, its double at Cal.com, and hands for both."""

    app: Flask
    salon: Salon
    double: CalcomDouble
    clock: time_machine.Traveller
    connection_id: str = ""

    def connect(self, **changes: Any) -> str:
        """The company's connection and mappings: cutting by Anna and by Ben, colouring by Anna, washing by whoever Cal.com chooses."""
        with company_scope(self.salon.company_id):

            def work() -> str:
                for name, email in (("anna", ANNA), ("ben", BEN)):
                    db.session.get_one(StaffMember, self.salon.people[name]).email = email
                row = Connection(**{"provider": "calcom", "api_key": KEY, "webhook_secret": SECRET} | changes)
                db.session.add(row)
                db.session.flush()
                for service, person, event_type in (
                    ("cut", "anna", CUT_ANNA), ("cut", "ben", CUT_BEN), ("colour", "anna", COLOUR_ANNA), ("wash", None, WASH_ANYBODY),
                ):  # fmt: skip
                    staff_id = self.salon.people[person] if person else None
                    branch = self.salon.branches["mitte"]
                    db.session.add(
                        CalendarMapping(
                            connection_id=row.id, service_id=self.salon.services[service], staff_id=staff_id, branch_id=branch,
                            event_type=str(event_type), contact_email=None,
                        )
                    )  # fmt: skip
                return row.id

            self.connection_id = run_in_transaction(work)
        for number, title, minutes, hosts in (
            (CUT_ANNA, "Schnitt Anna", 30, (ANNA,)), (CUT_BEN, "Schnitt Ben", 30, (BEN,)),
            (COLOUR_ANNA, "Balayage", 90, (ANNA,)), (WASH_ANYBODY, "Waschen", 15, (ANNA, BEN)),
        ):  # fmt: skip
            self.double.add_event_type(number, title, minutes, *hosts)
        return self.connection_id

    # here

    def book(self, *parts: str, **changes: Any) -> str:
        order = self.salon.request(*parts, **changes)
        return self.do(lambda: create_booking(order).id)

    def do(self, work: Any) -> Any:
        with company_scope(self.salon.company_id):
            return run_in_transaction(work)

    def work(self) -> None:
        """What the workers do with everything that is due."""
        for sync_id in self._look(lambda: list(db.session.scalars(select(BookingSync.id).order_by(BookingSync.id)))):
            with company_scope(self.salon.company_id):
                sync_booking(sync_id)

    def drain(self) -> None:
        db.session.rollback()
        while processor.drain_batch(50):
            pass

    def hear(self, **options: Any) -> None:
        """The webhooks that wait there arrive and are worked through."""
        assert set(self.double.deliver(**options)) <= {204}
        self.drain()

    def in_step(self) -> None:
        self.work()
        self.hear()
        self.work()

    def mira(self, name: str = "Mira Sommer", number: str = "+4915112345678") -> str:
        """A customer whom Cal.com can reach."""
        return self.do(lambda: find_or_create(name, number=number).id)

    def try_again(self, booking_id: str) -> None:
        self.do(lambda: outbound.retry_sync(booking_id))
        self.work()

    def use_the_platforms_account(self) -> None:
        self.app.config["SETTINGS"].calcom_api_key = KEY
        self.do(lambda: setattr(db.session.get_one(Connection, self.connection_id), "api_key", None))

    def start_over(self) -> None:
        """As if nothing had ever been heard from there."""

        def forget() -> None:
            for model in (ExternalEvent, BookingSync, BookingChange, Booking, SlotLock, BusySpan):
                db.session.execute(delete(model))
            db.session.execute(delete(WebhookEvent))

        self.do(forget)

    def body_of(self, number: int) -> bytes:
        """What stands in the inbox, as it came in."""
        return get_body(self.events()[number])

    def of(self, booking_id: str) -> BookingSync:
        """Its sync, to be changed inside do()."""
        return db.session.scalars(select(BookingSync).where(BookingSync.booking_id == booking_id)).one()

    def of_booking(self, booking_id: str) -> Booking:
        """The booking, inside do()."""
        return db.session.get_one(Booking, booking_id)

    def forget_asking(self, booking_id: str) -> None:
        """As if the booking were to go there for the first time; inside do()."""
        sync = self.of(booking_id)
        sync.first_requested_at = sync.claim_token = None
        sync.due_at = now()

    def rested(self) -> None:
        """Redis counts real time: what rests there is over."""
        connection = self.app.extensions["askproai_redis"]
        for key in connection.scan_iter("pause:*"):
            connection.delete(key)

    def later(self, seconds: float) -> None:
        self.clock.shift(seconds)

    # looked at

    def booking(self, booking_id: str) -> Booking:
        return self._look(lambda: _apart(db.session.get_one(Booking, booking_id)))

    def bookings(self, *statuses: str) -> list[Booking]:
        wanted = select(Booking).order_by(Booking.starts_at, Booking.id)
        wanted = wanted.where(Booking.status.in_(statuses)) if statuses else wanted
        return self._look(lambda: [_apart(row) for row in db.session.scalars(wanted).all()])

    def sync(self, booking_id: str) -> BookingSync:
        return self._look(lambda: _apart(db.session.scalars(select(BookingSync).where(BookingSync.booking_id == booking_id)).one()))

    def state(self, booking_id: str) -> tuple[str, str | None]:
        sync = self.sync(booking_id)
        return sync.status, sync.reason

    def comparisons(self) -> list[CalendarReconciliation]:
        wanted = select(CalendarReconciliation).order_by(CalendarReconciliation.id)
        return self._look(lambda: [_apart(row) for row in db.session.scalars(wanted).all()])

    def names(self) -> dict[str, str]:
        return self._look(lambda: {row.uid: row.status for row in db.session.scalars(select(ExternalEvent))})

    def tasks(self) -> list[Task]:
        return self._look(lambda: [_apart(row) for row in db.session.scalars(select(Task).order_by(Task.id)).all()])

    def events(self) -> list[WebhookEvent]:
        return self._look(lambda: [_apart(row) for row in db.session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)).all()])

    def _look(self, read: Any) -> Any:
        """A look leaves no transaction open: on SQLite it would keep the other threads from writing."""
        db.session.rollback()
        try:
            with unscoped():
                return read()
        finally:
            db.session.rollback()


def _apart(row: Any) -> Any:
    db.session.refresh(row)
    db.session.expunge(row)
    return row


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application behind a real HTTP server in this process; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever, 0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def beside(app: Flask, work: Any) -> Any:
    """Does it in a thread with a session of its own, as another process would."""

    def run() -> Any:
        with app.app_context():
            try:
                return work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.Context().run, run).result()
