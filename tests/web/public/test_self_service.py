"""A caller's own page: what the link opens, and what it does not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from icalendar import Calendar
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.bookings import self_service_links, waitlist
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.models import Booking, BookingLink, Company, Connection, WaitlistOffer
from tests.factories.salon import DESK, Salon, at, make_customer, make_salon
from tests.support.users import csrf_token


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon(cancel_minutes=24 * 60, move_minutes=48 * 60)


def link_of(salon: Salon, *parts: str, **changes: Any) -> tuple[Booking, str]:
    with company_scope(salon.company_id), transaction():
        booking = create_booking(salon.request(*parts, customer_id=None, **changes))
        return booking, self_service_links.create_link(booking)


def read(db: SQLAlchemy, booking: Booking) -> Booking:
    db.session.rollback()
    with unscoped():
        return db.session.scalars(select(Booking).where(Booking.id == booking.id).execution_options(populate_existing=True)).one()


def post(client: FlaskClient, token: str, what: str, page: str = "", **fields: str) -> str:
    """The page that is shown afterwards."""
    answer = client.post(f"/b/{token}/{what}", data={"csrf_token": csrf_token(client, f"/b/{token}{page}"), **fields})
    assert answer.status_code == 302, answer.text
    return client.get(answer.location).text


def test_the_link_shows_the_appointment_and_is_kept_as_a_hash(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    _booking, token = link_of(salon, "cut:anna")
    answer = client.get(f"/b/{token}")
    assert answer.status_code == 200
    assert "Di 12.05., 10:00 – 10:30" in answer.text
    assert "Haarschnitt bei Anna Lindgren" in answer.text
    assert '<meta name="referrer" content="no-referrer">' in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    with unscoped():
        stored = db.session.scalars(select(BookingLink)).one()
    assert token not in (stored.token_hash, stored.booking_id)


@pytest.mark.parametrize("token", ["x", "A" * 43, "%C3%A4" * 9, "a" * 5000])
def test_unknown_links_do_not_exist(client: FlaskClient, salon: Salon, token: str) -> None:
    for path in (f"/b/{token}", f"/b/{token}/termin.ics"):
        assert client.get(path).status_code == 404


def test_an_expired_link_does_not_exist(client: FlaskClient, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    with time_machine.travel(booking.ends_at + self_service_links.LINK_GRACE_PERIOD + timedelta(seconds=1), tick=True):
        assert client.get(f"/b/{token}").status_code == 404


def test_the_links_of_a_company_that_is_switched_off_do_not_exist(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    _booking, token = link_of(salon, "cut:anna")
    assert client.get(f"/b/{token}").status_code == 200
    with transaction():
        db.session.get_one(Company, salon.company_id).is_active = False
    assert client.get(f"/b/{token}").status_code == 404


def test_it_speaks_english_too(client: FlaskClient, salon: Salon) -> None:
    _booking, token = link_of(salon, "cut:anna")
    page = client.get(f"/b/{token}?lang=en", follow_redirects=True).text
    assert '<html lang="en"' in page


def test_cancelling_frees_the_time(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    assert "abgesagt" in post(client, token, "cancel")
    assert read(db, booking).status == "cancelled"
    link_of(salon, "cut:anna")


def test_moving_offers_free_times_and_takes_one(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    page = client.get(f"/b/{token}?move=1").text
    wanted = at("2026-05-08T11:00").isoformat()
    # it begins in the week of the appointment, from which one goes on and back
    assert "Mo 11.05." in page and "Fr 08.05." not in page and "Spätere Tage" in page
    earlier = re.search(r'href="([^"]+)"[^>]*>(?:<[^>]+>)*Frühere Tage', page)
    assert earlier
    page = client.get(unescape(earlier[1])).text
    assert "Fr 08.05." in page and "Frühere Tage" not in page
    tapped = next(unescape(href) for href in re.findall(r'href="([^"]+)"', page) if f"chosen={wanted}" in unquote(unescape(href)))
    page = client.get(tapped).text
    assert "Auf Fr 08.05., 11:00 verschieben" in page and f'value="{wanted}"' in page
    assert read(db, booking).starts_at == at("2026-05-12T10:00")
    assert "Fr 08.05., 11:00" in post(client, token, "move", starts_at=wanted)
    assert read(db, booking).starts_at == at("2026-05-08T11:00")
    with unscoped():
        assert db.session.scalars(select(BookingLink)).one().expires_at == at("2026-05-08T11:30") + self_service_links.LINK_GRACE_PERIOD


def test_a_time_that_is_gone_says_so(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    link_of(salon, "cut:anna", starts="2026-05-08T11:00")
    assert "schon einen Termin" in post(client, token, "move", starts_at=at("2026-05-08T11:00").isoformat())
    assert "freien Zeiten" in post(client, token, "move", starts_at="whenever")
    assert read(db, booking).starts_at == at("2026-05-12T10:00")


def test_too_late_is_refused_whatever_the_page_shows(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    with time_machine.travel(booking.starts_at - timedelta(hours=30), tick=True):
        page = client.get(f"/b/{token}").text
        assert "move=1" not in page
        assert "Termin absagen" in page
        assert "zu spät" in post(client, token, "move", starts_at=at("2026-05-15T11:00").isoformat())
    with time_machine.travel(booking.starts_at - timedelta(hours=3), tick=True):
        assert "nur noch am Telefon" in client.get(f"/b/{token}").text
    assert read(db, booking).status == "confirmed"


def test_the_calendar_file_names_time_and_place(client: FlaskClient, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    answer = client.get(f"/b/{token}/termin.ics")
    assert answer.mimetype == "text/calendar"
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert (event.decoded("dtstart"), event["location"], event["status"]) == (booking.starts_at, "Berlin-Mitte", "CONFIRMED")


def test_posts_without_a_token_of_the_form_are_refused(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    assert client.post(f"/b/{token}/cancel").status_code == 400
    assert read(db, booking).status == "confirmed"


def test_an_offer_of_the_waitlist_is_taken_once(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    customer = make_customer(salon)
    booking, _token = link_of(salon, "cut:anna")
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:token", label="Lindgren", is_active=True))
        window = {"window_from": at("2026-05-12T00:00"), "window_until": at("2026-05-13T00:00")}
        waitlist.join_waitlist(customer, salon.services["cut"], contact_phone="+491713920050", **window)
        cancel_booking(booking.id, DESK)
        offer = (
            waitlist.offer_slot(booking.branch_id, booking.starts_at, booking.ends_at) or db.session.scalars(select(WaitlistOffer)).one()
        )
    # the message that went out has a link of its own; this one is newer
    with company_scope(salon.company_id), transaction():
        token = waitlist.renew_offer_token(offer)
    assert "frei geworden" in client.get(f"/b/{token}").text
    assert "Ihr Termin" in post(client, token, "accept")
    assert "gilt nicht mehr" in client.get(f"/b/{token}").text
    assert client.get(f"/b/{token}/termin.ics").status_code == 404


def test_who_says_that_they_come_is_shown_so(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    assert "Ich komme" in client.get(f"/b/{token}").text
    page = post(client, token, "confirm")
    assert "Danke, wir freuen uns auf Sie." in page and "Sie haben zugesagt" in page and "Ich komme" not in page
    confirmed_at = read(db, booking).customer_confirmed_at
    assert confirmed_at is not None and read(db, booking).status == "confirmed"
    post(client, token, "confirm")
    assert (read(db, booking).customer_confirmed_at, read(db, booking).version) == (confirmed_at, 2)


def test_a_cancelled_appointment_is_not_confirmed(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    booking, token = link_of(salon, "cut:anna")
    form = {"csrf_token": csrf_token(client, f"/b/{token}")}
    with company_scope(salon.company_id), transaction():
        cancel_booking(booking.id, DESK)
    page = client.post(f"/b/{token}/confirm", data=form, follow_redirects=True).text
    assert "Das geht bei diesem Termin nicht mehr." in page and "Dieser Termin ist abgesagt" in page
    assert read(db, booking).customer_confirmed_at is None
