"""A salon synced with Cal.com: the application and the Cal.com double, with HTTP in both directions."""

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
    ExternalBooking,
    SlotLock,
    StaffMember,
    StaffTask,
    WebhookEvent,
)
from tests.doubles.calcom import KEY, SECRET, CalcomDouble
from tests.doubles.http_double import QuietHandler
from tests.factories.salon import Salon

ANNA, BEN = "anna@salon-lindgren.example", "ben@salon-lindgren.example"
CUT_ANNA, CUT_BEN, COLOUR_ANNA, WASH_ANYBODY = 910044, 910045, 910046, 910047
DESK = Actor("user", "web", "user-1")


@dataclass
class CalcomWorld:
    """The salon and its Cal.com double, with actions on both sides."""

    app: Flask
    salon: Salon
    double: CalcomDouble
    clock: time_machine.Traveller
    connection_id: str = ""

    def connect(self, **changes: Any) -> str:
        """The company's connection and mappings: cutting by Anna and by Ben, colouring by Anna, washing by a host that Cal.com chooses."""
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

    # actions

    def book(self, *parts: str, **changes: Any) -> str:
        order = self.salon.request(*parts, **changes)
        return self.run(lambda: create_booking(order).id)

    def run(self, work: Any) -> Any:
        with company_scope(self.salon.company_id):
            return run_in_transaction(work)

    def send_due(self) -> None:
        """Run the sync jobs of all bookings, as the workers do."""
        for sync_id in self._read(lambda: list(db.session.scalars(select(BookingSync.id).order_by(BookingSync.id)))):
            with company_scope(self.salon.company_id):
                sync_booking(sync_id)

    def drain(self) -> None:
        db.session.rollback()
        while processor.drain_batch(50):
            pass

    def receive_webhooks(self, **options: Any) -> None:
        """Deliver the double's pending webhooks and process them."""
        assert set(self.double.deliver(**options)) <= {204}
        self.drain()

    def synchronize(self) -> None:
        self.send_due()
        self.receive_webhooks()
        self.send_due()

    def make_customer(self, name: str = "Mira Sommer", number: str = "+4915112345678") -> str:
        """Create a customer with a phone number."""
        return self.run(lambda: find_or_create(name, number=number).id)

    def retry(self, booking_id: str) -> None:
        self.run(lambda: outbound.retry_sync(booking_id))
        self.send_due()

    def use_platform_account(self) -> None:
        self.app.config["SETTINGS"].calcom_api_key = KEY
        self.run(lambda: setattr(db.session.get_one(Connection, self.connection_id), "api_key", None))

    def delete_bookings(self) -> None:
        """Delete all bookings, syncs and webhooks of the application."""

        def forget() -> None:
            for model in (ExternalBooking, BookingSync, BookingChange, Booking, SlotLock, BusySpan):
                db.session.execute(delete(model))
            db.session.execute(delete(WebhookEvent))

        self.run(forget)

    def read_body(self, number: int) -> bytes:
        """Return the body of a stored webhook."""
        return get_body(self.events()[number])

    def get_sync(self, booking_id: str) -> BookingSync:
        """Return the sync of a booking, to be changed inside run()."""
        return db.session.scalars(select(BookingSync).where(BookingSync.booking_id == booking_id)).one()

    def get_booking(self, booking_id: str) -> Booking:
        """Return the booking, inside run()."""
        return db.session.get_one(Booking, booking_id)

    def reset_request(self, booking_id: str) -> None:
        """Reset the sync to its state before the first request; inside run()."""
        sync = self.get_sync(booking_id)
        sync.first_requested_at = sync.claim_token = None
        sync.due_at = now()

    def clear_pauses(self) -> None:
        """Delete the pauses in Redis, which expire by real time."""
        connection = self.app.extensions["askproai_redis"]
        for key in connection.scan_iter("pause:*"):
            connection.delete(key)

    def advance(self, seconds: float) -> None:
        self.clock.shift(seconds)

    # state

    def booking(self, booking_id: str) -> Booking:
        return self._read(lambda: _detach(db.session.get_one(Booking, booking_id)))

    def bookings(self, *statuses: str) -> list[Booking]:
        wanted = select(Booking).order_by(Booking.starts_at, Booking.id)
        wanted = wanted.where(Booking.status.in_(statuses)) if statuses else wanted
        return self._read(lambda: [_detach(row) for row in db.session.scalars(wanted).all()])

    def sync(self, booking_id: str) -> BookingSync:
        return self._read(lambda: _detach(db.session.scalars(select(BookingSync).where(BookingSync.booking_id == booking_id)).one()))

    def state(self, booking_id: str) -> tuple[str, str | None]:
        sync = self.sync(booking_id)
        return sync.status, sync.reason

    def reconciliations(self) -> list[CalendarReconciliation]:
        wanted = select(CalendarReconciliation).order_by(CalendarReconciliation.id)
        return self._read(lambda: [_detach(row) for row in db.session.scalars(wanted).all()])

    def external_statuses(self) -> dict[str, str]:
        return self._read(lambda: {row.uid: row.status for row in db.session.scalars(select(ExternalBooking))})

    def tasks(self) -> list[StaffTask]:
        return self._read(lambda: [_detach(row) for row in db.session.scalars(select(StaffTask).order_by(StaffTask.id)).all()])

    def events(self) -> list[WebhookEvent]:
        return self._read(lambda: [_detach(row) for row in db.session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)).all()])

    def _read(self, read: Any) -> Any:
        """Read without leaving a transaction open, which would block writers on SQLite."""
        db.session.rollback()
        try:
            with unscoped():
                return read()
        finally:
            db.session.rollback()


def _detach(row: Any) -> Any:
    db.session.refresh(row)
    db.session.expunge(row)
    return row


@contextmanager
def http_server(app: Flask) -> Iterator[str]:
    """Serve the application over HTTP in this process; yields the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever, 0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run_in_thread(app: Flask, work: Any) -> Any:
    """Run work in a thread with its own session, as in another process."""

    def run() -> Any:
        with app.app_context():
            try:
                return work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.Context().run, run).result()
