"""The calendar file of a mail, read by a calendar library: entered, changed by a move, taken out by a cancellation."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from icalendar import Calendar
from sqlalchemy import select

from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.customers.contacts import find_or_create
from app.jobs.notifications import send_notification
from app.models import Booking, Notification
from tests.doubles.messaging import MailDouble
from tests.factories.salon import Salon, at

LINK = Actor("caller", "link")


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


def book(salon: Salon, *parts: str) -> Booking:
    customer = run_in_transaction(lambda: find_or_create("Mira Sommer", email="mira@example.org").id)
    return run_in_transaction(lambda: create_booking(salon.request(*parts, customer_id=customer)))


def deliver(db: SQLAlchemy) -> None:
    db.session.rollback()
    for row_id in db.session.scalars(select(Notification.id).where(Notification.status == "pending")).all():
        send_notification(row_id)


def entry_of(mail: EmailMessage) -> tuple[str, Any]:
    """The method that the mail program sees, and the entry."""
    (part,) = mail.iter_attachments()
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part.get_content_type() == "text/calendar" and part["Content-Type"].params["method"] == str(calendar["METHOD"])
    return str(calendar["METHOD"]), event


def test_one_entry_is_entered_moved_and_taken_out(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    booking = book(salon)
    deliver(db)
    run_in_transaction(lambda: reschedule_booking(booking.id, LINK, starts_at=at("2026-05-13T11:00")))
    deliver(db)
    run_in_transaction(lambda: cancel_booking(booking.id, LINK))
    deliver(db)
    entries = [entry_of(each) for each in mail.mails]
    assert [method for method, _event in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["SEQUENCE"]) for _method, event in entries] == [1, 2, 3]
    assert [event.decoded("DTSTART") for _method, event in entries] == [
        at("2026-05-12T10:00"), at("2026-05-13T11:00"), at("2026-05-13T11:00")
    ]  # fmt: skip
    assert {str(event["UID"]) for _method, event in entries} == {f"{booking.id}@askproai"}
    assert [str(event["STATUS"]) for _method, event in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_the_entry_is_from_the_business_for_the_customer_who_need_not_answer(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    book(salon, "cut:anna", "colour:anna")
    deliver(db)
    _method, event = entry_of(mail.mails[0])
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == ("mailto:termine@salon.example", "Salon Lindgren")
    assert (str(event["ATTENDEE"]), event["ATTENDEE"].params["RSVP"]) == ("mailto:mira@example.org", "FALSE")
    assert (event.decoded("DTEND") - event.decoded("DTSTART")).seconds == 120 * 60, "the whole visit"
    assert str(event["SUMMARY"]) == "Haarschnitt, Salon Lindgren" and str(event["LOCATION"]) == "Berlin-Mitte"
