"""Who books, moves or cancels for somebody we cannot reach is told so, and why; where we can, nothing is said."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.companies.policies import save_policy
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.domain.notifications.suppressions import suppress
from app.models import Booking, Company, Connection
from tests.factories.salon import Salon, make_customer, make_salon
from tests.support.users import make_user, signed_in, token_of

DAY, MIRA = "2026-05-12", "+491713920050"
TELL, UNCONFIRMED = "Bitte sagen Sie selbst Bescheid.", "Eine Bestätigung können wir nicht schicken."
PROMISE = "Verschieben Sie oder sagen Sie ab, geht eine Nachricht hinaus."


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        salon = make_salon()
        with company_scope(salon.company_id), transaction():
            db.session.add(Connection(provider="twilio", api_key="AC1:token", label="+493023125100", is_active=True))
        yield salon


@pytest.fixture
def desk(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "front_desk"))


def _post(client: FlaskClient, path: str, **fields: Any) -> str:
    answer = client.post(path, data={"csrf_token": token_of(client), **fields}, headers={"X-Asked-By": "script"})
    assert answer.status_code == 200, answer.text
    return str(answer.json["toast"])


def _book(salon: Salon, number: str | None, name: str = "Mira Sommer", part: str = "cut:anna") -> str:
    with company_scope(salon.company_id), transaction():
        customer_id = find_or_create(name, number=number).id if number else make_customer(salon, name)
        return create_booking(salon.request(part, customer_id=customer_id)).id


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (None, "Es ist weder eine Mobilnummer noch eine E-Mail-Adresse bekannt."),
        ("+493023125190", "Es ist weder eine Mobilnummer noch eine E-Mail-Adresse bekannt."),
        (MIRA, ""),
    ],
)
def test_what_the_desk_does_for_somebody_out_of_reach_says_so(desk: FlaskClient, salon: Salon, number: str | None, why: str) -> None:
    form = {
        "branch_id": salon.branches["mitte"], "name": "Ole Brandt", "phone": number or "", "service_id": salon.services["cut"],
        "staff_id": salon.people["ben"], "day": DAY, "time": "10:00", "once": "1",
    }  # fmt: skip
    booking = _book(salon, number)
    toasts = [
        _post(desk, "/calendar/new", **form),
        _post(desk, f"/bookings/{booking}/move", day=DAY, time="11:30"),
        _post(desk, f"/bookings/{booking}/repeat", every_weeks="1", times="2"),
        _post(desk, f"/bookings/{booking}/cancel"),
    ]
    consequences = (UNCONFIRMED, TELL, UNCONFIRMED, TELL)
    assert [f"{said} {why}" in toast for said, toast in zip(consequences, toasts, strict=True)] == [bool(why)] * 4
    assert [said in toast for said, toast in zip(consequences, toasts, strict=True)] == [bool(why)] * 4


def test_the_desk_hears_what_goes_out_and_when(app: Flask, db: SQLAlchemy, desk: FlaskClient, salon: Salon) -> None:
    form = {
        "branch_id": salon.branches["mitte"], "name": "Mira Sommer", "phone": MIRA, "service_id": salon.services["cut"],
        "staff_id": salon.people["ben"], "day": DAY, "time": "10:00", "once": "1",
    }  # fmt: skip
    assert "Die Bestätigung per SMS geht jetzt hinaus." in _post(desk, "/calendar/new", **form)
    booking = _book(salon, MIRA)
    assert "Die Nachricht per SMS geht in einer Minute hinaus." in _post(desk, f"/bookings/{booking}/move", day=DAY, time="11:30")
    with time_machine.travel("2026-05-05T22:00:00+02:00", tick=True):
        late = signed_in(app, "front_desk@salon-lindgren.example")
        assert "Die Nachricht per SMS geht erst morgen, 08:00 hinaus." in _post(late, f"/bookings/{booking}/cancel")
    with company_scope(salon.company_id), transaction():
        row = db.session.scalars(select(Connection)).one()
        row.state, row.reason = "refused", "not_allowed"
    toast = _post(desk, "/calendar/new", **form | {"time": "13:00", "once": "2"})
    assert "Es geht gerade nichts hinaus. Twilio nimmt Kontokennung und Zugangswort nicht an." in toast


def test_the_page_of_a_booking_promises_no_message_that_nobody_gets(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        save_message_rules({"reminders": (ReminderRule(1440, "sms"),)})
    reached, unreached = _book(salon, MIRA), _book(salon, None, "Ole Brandt", "cut:ben")
    page = desk.get(f"/bookings/{reached}").text
    assert PROMISE in page and "Geht nicht hinaus" not in page and "Geplant" in page
    page = desk.get(f"/bookings/{unreached}").text
    why = "Es ist weder eine Mobilnummer noch eine E-Mail-Adresse bekannt."
    assert PROMISE not in page and f"Nachrichten zu diesem Termin gehen nicht hinaus. {why}" in page
    assert "Geht nicht hinaus" in page and "Geplant" not in page
    assert "Geht nicht hinaus" in desk.get("/messages?state=planned").text
    with company_scope(salon.company_id), transaction():
        customer_id = db.session.get_one(Booking, unreached).customer_id
    answer = desk.post(
        f"/customers/{customer_id}/edit", data={"csrf_token": token_of(desk), "name": "Ole Brandt", "phone-0": "0171 3920051"}
    )
    assert answer.status_code == 302
    assert "Geht nicht hinaus" not in desk.get(f"/bookings/{unreached}").text + desk.get("/messages?state=planned").text
    with company_scope(salon.company_id), transaction():
        db.session.scalars(select(Connection)).one().is_active = False
    assert "Der Versand von Nachrichten ist nicht eingerichtet." in desk.get(f"/bookings/{reached}").text


def test_who_wants_no_messages_is_told_by_the_desk(desk: FlaskClient, salon: Salon) -> None:
    booking = _book(salon, MIRA)
    with company_scope(salon.company_id), transaction():
        suppress("sms", MIRA, "opted_out")
    toast = _post(desk, f"/bookings/{booking}/move", day=DAY, time="11:30")
    assert f"{TELL} Die Person möchte keine Nachrichten." in toast


def test_without_an_account_nothing_is_sent_and_that_is_said(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking = _book(salon, None)
    with company_scope(salon.company_id), transaction():
        customer = find_or_create("Mira Sommer", email="mira@example.de")
        other = create_booking(salon.request("cut:ben", customer_id=customer.id)).id
    assert "weder eine Mobilnummer" in _post(desk, f"/bookings/{booking}/cancel")
    assert f"{TELL} Der Versand von Nachrichten ist nicht eingerichtet." in _post(desk, f"/bookings/{other}/cancel")


def test_nothing_is_said_of_what_is_over_or_what_nobody_is_told_by_rule(desk: FlaskClient, app: Flask, salon: Salon) -> None:
    booking = _book(salon, None)
    with company_scope(salon.company_id), transaction():
        save_policy("company", None, {"notify_staff_changes": False})
    assert TELL not in _post(desk, f"/bookings/{booking}/move", day=DAY, time="11:30")
    with company_scope(salon.company_id), transaction():
        save_policy("company", None, {"notify_staff_changes": True})
    with time_machine.travel("2026-05-12T13:00:00+02:00", tick=True):
        late = signed_in(app, "front_desk@salon-lindgren.example")
        assert TELL not in _post(late, f"/bookings/{booking}/no_show")
        form = {"branch_id": salon.branches["mitte"], "name": "Ole", "service_id": salon.services["cut"], "staff_id": salon.people["ben"]}
        assert UNCONFIRMED not in _post(late, "/calendar/new", **form, day=DAY, time="10:00", override="in_the_past")


def test_a_change_of_the_evening_before_that_is_held_too_long_is_told_by_the_desk(app: Flask, desk: FlaskClient, salon: Salon) -> None:
    soon, later = _book(salon, MIRA), _book_afternoon(salon)
    with company_scope(salon.company_id), transaction():
        save_message_rules({"quiet_from": 18 * 60, "quiet_until": 12 * 60})
    with time_machine.travel("2026-05-11T19:00:00+02:00", tick=True):
        late = signed_in(app, "front_desk@salon-lindgren.example")
        assert f"{TELL} Bis zum Termin ist nur noch Ruhezeit." in _post(late, f"/bookings/{soon}/cancel")
        assert TELL not in _post(late, f"/bookings/{later}/cancel")


def _book_afternoon(salon: Salon) -> str:
    with company_scope(salon.company_id), transaction():
        customer_id = find_or_create("Mira Sommer", number=MIRA).id
        return create_booking(salon.request("cut:anna", starts="2026-05-12T14:00", customer_id=customer_id)).id


@pytest.mark.parametrize(("role", "leads"), [("owner", True), ("front_desk", False)])
def test_without_a_channel_whoever_may_set_one_up_is_led_there(app: Flask, db: SQLAlchemy, salon: Salon, role: str, leads: bool) -> None:
    _disconnect(db, salon)
    person = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), role))
    toast = _post(person, f"/bookings/{_book(salon, MIRA, name='Mira <b>')}/cancel")
    assert "Der Versand von Nachrichten ist nicht eingerichtet." in toast
    assert ('<a class="ap-link" href="/settings/connections/twilio">SMS einrichten</a>' in toast) is leads
    assert "<b>" not in toast


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("channel", ["sms", "smtp"])
def test_the_booking_page_links_to_the_form_after_a_move_and_a_cancellation(
    app: Flask, db: SQLAlchemy, salon: Salon, language: str, channel: str
) -> None:
    _disconnect(db, salon)
    owner = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner"))
    owner.post("/account/preferences", data={"csrf_token": token_of(owner), "language": language})
    with company_scope(salon.company_id), transaction():
        reached = {"number": MIRA} if channel == "sms" else {"email": "mira@example.de"}
        customer_id = find_or_create("Mira Sommer", **reached).id
        booking = create_booking(salon.request("cut:anna", customer_id=customer_id)).id
    link = f'href="/settings/connections/{"twilio" if channel == "sms" else "smtp"}"'
    for path, fields in (("move", {"day": DAY, "time": "11:30"}), ("cancel", {})):
        form = {"csrf_token": token_of(owner), **fields}
        page = owner.post(f"/bookings/{booking}/{path}", data=form, follow_redirects=True).text
        toasts = page.partition('id="toasts"')[2].partition("<template")[0]
        assert 'data-toast="stays"' in toasts and link in toasts and "circle-check" not in toasts, path
        assert "&lt;" not in page, path


def test_a_cancelled_appointment_promises_no_message(desk: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking = _book(salon, MIRA)
    page = desk.post(f"/bookings/{booking}/cancel", data={"csrf_token": token_of(desk)}, follow_redirects=True).text
    assert PROMISE not in page and "Termine beginnen alle" not in page


def _disconnect(db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        for connection in db.session.scalars(select(Connection)):
            connection.is_active = False


def test_what_was_not_sent_for_want_of_an_account_stands_in_log_history_and_at_the_customer(
    app: Flask, db: SQLAlchemy, salon: Salon
) -> None:
    _disconnect(db, salon)
    owner = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner"))
    booking = _book(salon, MIRA)
    _post(owner, f"/bookings/{booking}/move", day=DAY, time="11:30")
    page = owner.get(f"/bookings/{booking}").text
    assert page.count("Ohne Bestätigung.") == 1 and page.count("Nicht mitgeteilt.") == 1
    assert page.count("Link zum Weitergeben") == 1
    _post(owner, f"/bookings/{booking}/cancel")
    history = owner.get(f"/bookings/{booking}").text
    assert history.count("Nicht mitgeteilt.") == 2 and 'href="/settings/connections/twilio"' in history
    assert "Link zum Weitergeben" not in history
    log = owner.get("/messages").text
    why = "Der Versand von Nachrichten ist nicht eingerichtet."
    assert log.count("Nicht verschickt</span>") == 3 and log.count(why) >= 3
    assert owner.get("/messages?state=unsent").text.count("zum Termin") == 3
    assert "Hier steht noch nichts" in owner.get("/messages?state=failed").text
    with company_scope(salon.company_id):
        customer_id = db.session.get_one(Booking, booking).customer_id
    assert owner.get(f"/customers/{customer_id}").text.count("Nicht verschickt") >= 3


def test_without_an_account_the_empty_log_promises_nothing(app: Flask, db: SQLAlchemy, desk: FlaskClient, salon: Salon) -> None:
    promise = "Bestätigungen und Erinnerungen erscheinen hier"
    assert promise in desk.get("/messages").text
    _disconnect(db, salon)
    assert promise not in desk.get("/messages").text


def test_a_booking_shows_number_and_mail_address(desk: FlaskClient, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        customer_id = find_or_create("Mira Sommer", number=MIRA, email="mira@example.de").id
        booking = create_booking(salon.request("cut:anna", customer_id=customer_id)).id
    for page in (desk.get(f"/bookings/{booking}").text, desk.get(f"/bookings/{booking}/card").text):
        assert 'href="mailto:mira@example.de"' in page and f'href="tel:{MIRA}"' in page
