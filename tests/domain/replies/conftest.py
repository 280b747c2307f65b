"""People who write back: each with a number and appointments of their own, a signed webhook in, Twilio's double out."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.create import create_booking
from app.domain.customers.contacts import find_or_create
from app.jobs.notifications import send_notification
from app.jobs.replies import answer_message
from app.models import Booking, BookingChange, InboundMessage, Notification, PhoneNumber, StaffTask
from app.providers.throttle import Throttle
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import Salon
from tests.support.twilio_sms import LINE, MIRA, drain, post_message


@dataclass
class Correspondence:
    """The salon with its text line, and what goes to and fro."""

    db: SQLAlchemy
    salon: Salon
    client: FlaskClient
    twilio: TwilioDouble
    clock: time_machine.Traveller
    _read: int = field(default=0)

    def book(
        self, starts: str = "2026-05-12T10:00", *, number: str = MIRA, name: str = "Mira Sommer", part: str = "cut:anna",
        language: str = "de", **changes: Any,
    ) -> str:  # fmt: skip
        """An appointment with its confirmation, which has been sent."""

        def work() -> str:
            customer = find_or_create(name, number=number)
            customer.language = language
            return create_booking(self.salon.request(part, starts=starts, customer_id=customer.id, **changes)).id

        booking_id = run_in_transaction(work)
        self.deliver()
        self.list_sent()
        return booking_id

    def write(self, text: str, *, number: str = MIRA, **more: str) -> list[str]:
        """What comes back when somebody writes this."""
        assert post_message(self.client, text, sender=number, **more).status_code == 200
        self.work()
        return self.list_sent()

    def store(self) -> None:
        """The inbox alone."""
        drain()
        self.db.session.rollback()

    def work(self) -> None:
        """The workers, until there is nothing to do."""
        self.store()
        waiting = select(InboundMessage.id).where(InboundMessage.status == "pending").order_by(InboundMessage.id)
        for message_id in self.db.session.scalars(waiting).all():
            answer_message(message_id)
        self.deliver()

    def deliver(self) -> None:
        self.db.session.rollback()
        pending = select(Notification.id).where(Notification.status == "pending", Notification.kind != "booking_reminder")
        for notification_id in self.db.session.scalars(pending.order_by(Notification.created_at)).all():
            send_notification(notification_id)
        self.db.session.rollback()

    def list_sent(self) -> list[str]:
        """The messages that left since the last look."""
        sent = [row["body"] for row in self.twilio.messages[self._read :]]
        self._read = len(self.twilio.messages)
        return sent

    def find(self, booking_id: str) -> Booking:
        self.db.session.rollback()
        return self.db.session.scalars(select(Booking).where(Booking.id == booking_id).execution_options(populate_existing=True)).one()

    def list_changes(self, booking_id: str) -> list[BookingChange]:
        self.db.session.rollback()
        return list(self.db.session.scalars(select(BookingChange).where(BookingChange.booking_id == booking_id).order_by(BookingChange.id)))

    def last(self) -> InboundMessage:
        self.db.session.rollback()
        newest = select(InboundMessage).order_by(InboundMessage.received_at.desc(), InboundMessage.id.desc()).limit(1)
        return self.db.session.scalars(newest.execution_options(populate_existing=True)).one()

    def list_tasks(self) -> list[StaffTask]:
        self.db.session.rollback()
        return list(self.db.session.scalars(select(StaffTask).order_by(StaffTask.id).execution_options(populate_existing=True)))


@pytest.fixture
def texts(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, present: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> Correspondence:  # fmt: skip
    # hundreds of messages within a minute are many for an account, not for a test
    monkeypatch.setattr("app.providers.messaging.twilio_sms.THROTTLE", Throttle("twilio", limit=100_000))
    with transaction():
        db.session.add(PhoneNumber(e164=LINE, branch_id=salon.branches["mitte"]))
    return Correspondence(db, salon, client, twilio, present)
