"""The log of messages: what stands in which state, its filters, sending again, and who sees what."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete, select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.message_log import STATES, MessageSearch, get_state, list_messages
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.models import Booking, Company, Connection, Customer, Notification
from tests.factories.salon import DESK, PRESENT, Salon, at, make_salon
from tests.support.users import make_user, signed_in, token_of

MIRA = "+491713920050"
# a message in each state, told by what differs
ROWS: dict[str, dict[str, Any]] = {
    "planned": {"status": "pending", "days": 3},
    "held": {"status": "pending", "days": 1, "reason": "quiet_hours"},
    "sending": {"status": "pending", "attempts": 2, "reason": "not_reached"},
    "sent": {"status": "sent", "provider_ref": "SM1"},
    "delivered": {"status": "sent", "delivered_at": True, "provider_ref": "SM2"},
    "answered": {"status": "sent", "delivered_at": True, "answered_at": True, "provider_ref": "SM3"},
    "failed": {"status": "dead", "reason": "unreachable"},
    "unsent": {"status": "not_set_up"},
    "dropped": {"status": "expired", "reason": "overtaken"},
}


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=True):
        salon = make_salon()
        with company_scope(salon.company_id):
            yield salon


@pytest.fixture
def desk(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "front_desk"))


@pytest.fixture
def booking(db: SQLAlchemy, salon: Salon) -> Booking:
    """A booking of which the log tells nothing yet."""
    customer = run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA).id)
    booking = run_in_transaction(lambda: create_booking(salon.request(customer_id=customer)))
    run_in_transaction(lambda: db.session.execute(delete(Notification)))
    return booking


@pytest.fixture
def sms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"account_sid": "AC1", "auth_token": "t", "sender": "Lindgren"}.items():
        monkeypatch.setattr(app.config["SETTINGS"], f"twilio_{name}", value)


def write(db: SQLAlchemy, booking: Booking, state: str, number: int = 0) -> str:
    values = dict(ROWS[state])
    due_at = now() + timedelta(days=values.pop("days", 0), minutes=-number)
    stamps = {name: now() for name in ("delivered_at", "answered_at") if values.pop(name, None)}
    finished_at = None if values["status"] == "pending" else now() - timedelta(minutes=number)
    with transaction():
        row = Notification(
            kind="booking_link", subject=f"booking:{booking.id}", idempotency_key=f"{state}:{number}", channel="sms", recipient=MIRA,
            title="Ihr Termin", body=None, due_at=due_at, expires_at=booking.starts_at, finished_at=finished_at,
            branch_id=booking.branch_id, customer_id=booking.customer_id, segments=2, cost_tenth_cents=150, **values,
            appointment_at=booking.starts_at, **stamps,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id


def test_every_state_is_found_by_its_filter_and_only_there(db: SQLAlchemy, salon: Salon, booking: Booking) -> None:
    ids = {state: write(db, booking, state) for state in STATES}
    branches = list(salon.branches.values())
    for state in STATES:
        found = [row for row, _name in list_messages(MessageSearch(branches, state), limit=10)]
        assert [row.id for row in found] == [ids[state]], state
        assert get_state(found[0]) == state
    history = {row.id for row, _name in list_messages(MessageSearch(branches), limit=10)}
    assert history == {ids[state] for state in ("sent", "delivered", "answered", "failed", "unsent", "dropped")}
    assert list_messages(MessageSearch([]), limit=10) == []


@pytest.mark.parametrize("state", ["sent", "planned"])
def test_pages_follow_without_gaps(db: SQLAlchemy, salon: Salon, booking: Booking, state: str) -> None:
    ids = {write(db, booking, state, number) for number in range(7)}
    seen, after = [], None
    while page := list_messages(MessageSearch([booking.branch_id], state), limit=3, after=after):  # type: ignore[arg-type]
        seen += [row.id for row, _name in page]
        after = seen[-1]
    assert len(seen) == 7 and set(seen) == ids


def test_the_page_says_who_what_and_why(db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None) -> None:
    assert "Hier steht noch nichts" in desk.get("/messages").text
    for state in STATES:
        write(db, booking, state)
    page = desk.get("/messages").text
    assert "Mira Sommer" in page and "+49 171 3920050" in page and "zum Termin Di 12.05., 10:00" in page
    assert "Die Nummer oder Adresse ist nicht erreichbar." in page and "2 SMS-Teile, 0,15 €" in page
    # what the carrier did not take costs nothing
    assert "0,15" not in desk.get("/messages?state=failed").text
    assert "Sie wartet bis zum Ende der Ruhezeit." in desk.get("/messages?state=held").text
    assert "Geplant" in page and "Di 12.05." in desk.get("/messages?state=planned").text
    assert "Hier steht noch nichts" in desk.get("/messages?kind=code").text


def test_planned_reminders_stand_on_the_pages_of_booking_and_customer(
    db: SQLAlchemy, desk: FlaskClient, salon: Salon, booking: Booking
) -> None:
    connection = Connection(provider="twilio", api_key="AC1:token", label="+493023125100")
    run_in_transaction(lambda: db.session.add(connection))
    run_in_transaction(lambda: save_message_rules({"reminders": (ReminderRule(1440, "sms"),)}))
    later = run_in_transaction(lambda: create_booking(salon.request(starts="2026-05-13T10:00", customer_id=booking.customer_id)))
    for page in (f"/bookings/{later.id}", f"/customers/{booking.customer_id}"):
        text = desk.get(page).text
        assert "Erinnerung" in text and "Geplant" in text and "Di 12.05., 10:00" in text, page


def test_what_did_not_arrive_is_sent_anew_once(db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None) -> None:
    row_id = write(db, booking, "failed")
    assert "Noch einmal schicken" in desk.get("/messages").text
    for words in ("noch einmal unterwegs", "Es ging nichts hinaus"):
        form = {"csrf_token": token_of(desk), "next": "/messages"}
        assert words in desk.post(f"/messages/{row_id}/again", data=form, follow_redirects=True).text
    db.session.rollback()
    rows = db.session.scalars(select(Notification).where(Notification.idempotency_key == f"resent:{row_id}")).all()
    assert len(rows) == 1 and rows[0].kind == "booking_link"


@pytest.mark.parametrize("state", ["dropped", "answered", "planned", "held"])
def test_what_is_open_answered_or_dropped_is_not_sent_anew(
    db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None, state: str
) -> None:
    row_id = write(db, booking, state)
    for page in (f"/messages?state={state}", f"/bookings/{booking.id}"):
        assert f"/messages/{row_id}/again" not in desk.get(page).text
    answer = desk.post(f"/messages/{row_id}/again", data={"csrf_token": token_of(desk)}, follow_redirects=True)
    assert "Es ging nichts hinaus" in answer.text


def test_a_row_keeps_the_time_that_it_spoke_of(db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None) -> None:
    row_id = write(db, booking, "sent")
    run_in_transaction(lambda: reschedule_booking(booking.id, DESK, starts_at=at("2026-05-15T11:00")))
    page = desk.get("/messages").text
    assert "zum Termin Di 12.05., 10:00" in page and "11:00" not in page
    assert f"/messages/{row_id}/again" not in page
    assert "zum Termin Fr 15.05., 11:00" in desk.get("/messages?state=planned").text


def test_what_waits_for_the_morning_is_sent_now(app: Flask, db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None) -> None:
    row_id = write(db, booking, "held")
    assert "Jetzt schicken" in desk.get("/messages?state=held").text
    reader = signed_in(app, make_user(db.session.get_one(Company, booking.company_id), "read_only"))
    assert "Jetzt schicken" not in reader.get("/messages?state=held").text
    assert reader.post(f"/messages/{row_id}/now", data={"csrf_token": token_of(reader)}).status_code == 403
    for words in ("geht jetzt hinaus", "wartet nicht mehr"):
        assert words in desk.post(f"/messages/{row_id}/now", data={"csrf_token": token_of(desk)}, follow_redirects=True).text


def test_an_open_row_without_a_channel_says_so(
    app: Flask, db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(db, booking, "held")
    assert "bis zum Ende der Ruhezeit" in desk.get("/messages?state=held").text
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_sender", "")
    page = desk.get("/messages?state=held").text
    assert "Geht nicht hinaus" in page and "bis zum Ende der Ruhezeit" not in page


def test_the_customers_page_tells_what_went_from_what_is_ahead(db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None) -> None:
    for number in range(7):
        write(db, booking, "planned", number)
        write(db, booking, "sent", number)
    page = desk.get(f"/customers/{booking.customer_id}").text
    entries = re.findall(r"(Verschickt|Geplant)</span></li>", page.partition('id="history"')[2])
    assert entries == ["Geplant"] * 7 + ["Verschickt"] * 7 and page.count("zum Termin Di 12.05., 10:00") == 14


def test_a_text_is_read_where_it_is_kept(app: Flask, db: SQLAlchemy, desk: FlaskClient, booking: Booking, sms: None) -> None:
    row_id, pages = write(db, booking, "failed"), (f"/customers/{booking.customer_id}", f"/bookings/{booking.id}")
    link = f"{app.config['SETTINGS'].public_base}/b/{'x' * 43}"
    with transaction():
        db.session.get_one(Notification, row_id).body = f"Ihr Termin ist gebucht. Ändern: {link}"
    for page in pages:
        text = desk.get(page).text
        assert "Ihr Termin ist gebucht. Ändern: …" in text and "Der Wortlaut ist der" not in text, page
    sent_id = write(db, booking, "sent")
    with transaction():
        db.session.get_one(Notification, sent_id).sent_text = "So ging es hinaus. Ändern: …"
    for page in pages:
        text = desk.get(page).text
        assert "So ging es hinaus. Ändern: …" in text and "Der Wortlaut ist der, der hinausging" in text, page


def test_an_answer_says_what_it_was(db: SQLAlchemy, desk: FlaskClient, booking: Booking) -> None:
    row_id = write(db, booking, "answered")
    for answer, words in (("confirmed", "zugesagt"), ("moved", "verschoben"), ("cancelled", "abgesagt"), ("declined", "abgelehnt")):
        with transaction():
            db.session.get_one(Notification, row_id).answer = answer
        for page in ("/messages", f"/customers/{booking.customer_id}"):
            assert f"Beantwortet: {words}" in desk.get(page).text


def test_a_person_is_written_to_as_they_like(app: Flask, db: SQLAlchemy, desk: FlaskClient, booking: Booking) -> None:
    path = f"/customers/{booking.customer_id}"
    assert desk.post(f"{path}/edit", data={"csrf_token": token_of(desk), "name": "Mira", "channel": "email"}).status_code == 302
    db.session.rollback()
    assert db.session.get_one(Customer, booking.customer_id).preferred_channel == "email"
    assert desk.post(f"{path}/edit", data={"csrf_token": token_of(desk), "name": "Mira", "channel": ""}).status_code == 302
    db.session.rollback()
    assert db.session.get_one(Customer, booking.customer_id).preferred_channel is None
