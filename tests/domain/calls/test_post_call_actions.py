"""What a finished call leaves behind: a booking once, or a task that says why not."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.inbox import processor
from app.domain.inbox.replay import replay
from app.models import Booking, Call, Customer, PhoneNumber, StaffTask, WebhookEvent
from tests.factories.salon import PRESENT, Salon, at, make_salon
from tests.support.retell_webhooks import MITTE, START_MS, call_body, send, transcript

WISH = {
    "anliegen": "termin_buchen", "termin_gebucht": True, "leistung": "Haarschnitt", "datum": "2026-05-12", "uhrzeit": "10:00",
    "name": "Jonas Weber",
}  # fmt: skip


@pytest.fixture
def salon(db) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=True):
        salon = make_salon()
        with company_scope(salon.company_id):
            db.session.add(PhoneNumber(e164=MITTE, branch_id=salon.branches["mitte"]))
            db.session.commit()
            yield salon


@pytest.fixture
def analyzed(client, db, salon):
    """Sends an analysis and works it through."""

    def analyzed(wish: dict[str, Any], call_id: str = "call_1", **call: Any) -> None:
        call.setdefault("transcript_object", transcript("Guten Tag.", "Einen Haarschnitt bitte."))
        body = call_body(
            "call_analyzed", call_id, end_timestamp=START_MS + 60_000, disconnection_reason="user_hangup",
            call_analysis={"call_summary": "Haarschnitt.", "custom_analysis_data": wish}, **call,
        )  # fmt: skip
        assert send(client, body).status_code == 204
        db.session.commit()
        while processor.drain_batch(10):
            pass
        db.session.expire_all()

    return analyzed


def rows(db, model: Any) -> list[Any]:
    return list(db.session.scalars(select(model)))


def test_a_booking_in_the_analysis_is_made(analyzed, salon, db) -> None:
    analyzed(WISH)
    (booking,), (call,) = rows(db, Booking), rows(db, Call)
    assert (booking.starts_at, booking.call_id, booking.source, booking.status) == (at("2026-05-12T10:00"), call.id, "call", "confirmed")
    assert call.outcome == "booked"
    assert db.session.get(Customer, booking.customer_id).name == "Jonas Weber"
    assert rows(db, StaffTask) == []


@pytest.mark.parametrize(
    "wish",
    [
        {"intent": "book", "service": "Haarschnitt", "start": "2026-05-12T10:00:00+02:00", "customer_name": "Jonas Weber"},
        {"_dienstleistung": "Haarschnitt", "_datum__termin": "12.05.2026", "_uhrzeit__termin": "10 Uhr", "_name": "Jonas Weber"},
        {"Leistung": "haarschnitt", "Termin": "12. Mai 2026 um 10:00 Uhr", "Name": "Jonas Weber"},
        {"service_name": "Haarschnitt", "appointment_date": "2026-05-12", "appointment_time": "10am", "name": "Jonas Weber"},
    ],
)
def test_the_names_of_the_fields_are_free(analyzed, salon, db, wish: dict[str, Any]) -> None:
    analyzed(wish)
    assert [booking.starts_at for booking in rows(db, Booking)] == [at("2026-05-12T10:00")]


def test_replayed_analysis_creates_one_booking(analyzed, salon, db) -> None:
    analyzed(WISH)
    with transaction():
        replay([event.id for event in rows(db, WebhookEvent)])
    db.session.commit()
    while processor.drain_batch(10):
        pass
    assert len(rows(db, Booking)) == 1


def test_the_words_of_the_booking_tool_count_where_the_analysis_gives_no_time(analyzed, salon, db) -> None:
    arguments = '{"service": "Haarschnitt", "start": "2026-05-12T10:00:00+02:00", "name": "Jonas Weber"}'
    tool = {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "book_appointment", "arguments": arguments}
    analyzed({"anliegen": "termin_buchen", "termin_gebucht": True}, transcript_with_tool_calls=[*transcript("Hallo.", "Bitte."), tool])
    assert [booking.starts_at for booking in rows(db, Booking)] == [at("2026-05-12T10:00")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"datum": "2026-05-01"}, "in_the_past"),
        ({"datum": "irgendwann"}, "no_time"),
        ({"uhrzeit": "25:00"}, "no_time"),
        ({"datum": "2026-05-17"}, "closed"),
        ({"uhrzeit": "03:00"}, "closed"),
        ({"leistung": "Ölwechsel"}, "unknown_service"),
        ({"leistung": None}, "unknown_service"),
        ({"mitarbeiter": "Rumpelstilzchen"}, "unknown_staff"),
    ],
)
def test_what_does_not_hold_becomes_a_task(analyzed, salon, db, change: dict[str, Any], reason: str) -> None:
    analyzed(WISH | change)
    assert rows(db, Booking) == []
    (task,), (call,) = rows(db, StaffTask), rows(db, Call)
    assert (task.kind, task.reason, task.call_id) == ("check_booking", reason, call.id)
    assert call.outcome == "callback"


def test_the_agents_word_alone_books_nothing(analyzed, salon, db) -> None:
    arguments = '{"service": "Haarschnitt", "start": "2026-05-17T10:00:00+02:00", "name": "Jonas Weber"}'
    tool = {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "book_appointment", "arguments": arguments}
    result = {"role": "tool_call_result", "tool_call_id": "t1", "successful": True, "content": '{"ok": true}'}
    analyzed({"termin_gebucht": True}, transcript_with_tool_calls=[*transcript("Hallo.", "Bitte."), tool, result])
    assert rows(db, Booking) == []
    assert [task.reason for task in rows(db, StaffTask)] == ["closed"]
    assert rows(db, Call)[0].outcome == "callback"


def test_a_taken_time_becomes_a_task_and_no_second_booking(analyzed, salon, db) -> None:
    wish = WISH | {"mitarbeiter": "Anna"}
    analyzed(wish, "call_1")
    analyzed(wish, "call_2", from_number="+491713920051")
    assert len(rows(db, Booking)) == 1
    assert [task.reason for task in rows(db, StaffTask)] == ["slot_taken"]


def test_no_booking_where_the_analysis_says_that_none_was_made(analyzed, salon, db) -> None:
    analyzed(WISH | {"termin_gebucht": False})
    assert rows(db, Booking) == []
    assert rows(db, StaffTask) == []


def test_a_family_shares_a_number(analyzed, salon, db) -> None:
    analyzed(WISH, "call_1")
    analyzed(WISH | {"name": "Mia Weber", "uhrzeit": "12:00"}, "call_2")
    analyzed(WISH | {"name": "jonas weber", "uhrzeit": "14:00"}, "call_3")
    assert sorted(customer.name for customer in rows(db, Customer)) == ["Jonas Weber", "Mia Weber"]
    assert all(customer.last_call_at for customer in rows(db, Customer)), "both have called, though one number tells of neither"
    by_name = {db.session.get(Customer, booking.customer_id).name for booking in rows(db, Booking)}
    assert by_name == {"Jonas Weber", "Mia Weber"}


def test_a_contact_in_the_analysis_stands_with_the_booking(analyzed, salon, db) -> None:
    analyzed(WISH | {"telefon": "0171 3920077", "email": "Jonas@GMX.example"})
    (booking,) = rows(db, Booking)
    assert (booking.contact_phone, booking.contact_email) == ("+491713920077", "jonas@gmx.example")


@pytest.mark.parametrize("contact", [{"telefon": "171 3920077"}, {"email": "jonas at gmx"}, {"email": "a@b.example, c@d.example"}])
def test_a_contact_that_cannot_be_read_is_asked_by_the_desk(analyzed, salon, db, contact: dict[str, str]) -> None:
    analyzed(WISH | contact)
    (task,) = rows(db, StaffTask)
    assert rows(db, Booking) == []
    assert (task.kind, task.reason) == ("check_booking", "unreadable_contact") and next(iter(contact.values())) in task.details


@pytest.mark.parametrize("name", ["{{customer_name}}", "Kunde", "unknown", "N/A"])
def test_a_placeholder_in_the_analysis_names_nobody(analyzed, salon, db, name: str) -> None:
    analyzed(WISH | {"name": name})
    assert name not in [customer.name for customer in rows(db, Customer)]


def test_nobody_is_booked_without_a_contact(analyzed, salon, db) -> None:
    analyzed(WISH, from_number="anonymous")
    (task,) = rows(db, StaffTask)
    assert rows(db, Booking) == [] and task.reason == "no_contact"
