"""Feeds for calendar programs: what the address shows, and that it can be taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from icalendar import Calendar
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.bookings import calendar_feeds
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.models import Booking, CalendarFeed, Company
from tests.factories.salon import DESK, Salon, at, make_customer, make_salon


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


def book(salon: Salon, *parts: str, **changes: Any) -> Booking:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(*parts, **changes))


def feed_of(salon: Salon, **of: str) -> str:
    with company_scope(salon.company_id), transaction():
        return calendar_feeds.create_feed(**of)


def read(client: FlaskClient, token: str) -> list[Any]:
    answer = client.get(f"/ics/{token}.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return Calendar.from_ical(answer.data).walk("VEVENT")


def test_a_person_reads_their_own_bookings(client: FlaskClient, salon: Salon) -> None:
    token = feed_of(salon, staff_id=salon.people["anna"])
    mine = book(salon, "cut:anna", customer_id=make_customer(salon))
    book(salon, "cut:ben")
    (entry,) = read(client, token)
    assert str(entry["summary"]) == "Haarschnitt, Mira Sommer"
    assert entry.decoded("dtstart") == at("2026-05-12T10:00")
    assert str(entry["uid"]).startswith(mine.id)
    assert str(entry["location"]) == "Berlin-Mitte"


def test_a_branch_reads_everybodys_with_who_does_it(client: FlaskClient, salon: Salon) -> None:
    token = feed_of(salon, branch_id=salon.branches["mitte"])
    book(salon, "cut:anna", customer_id=make_customer(salon))
    book(salon, "cut:ben", branch_id=salon.branches["pankow"])
    assert [str(entry["summary"]) for entry in read(client, token)] == ["Haarschnitt, Mira Sommer, Anna Lindgren"]


def test_what_is_cancelled_or_long_past_is_not_in_it(client: FlaskClient, salon: Salon) -> None:
    token = feed_of(salon, branch_id=salon.branches["mitte"])
    gone = book(salon, "cut:anna")
    kept = book(salon, "cut:ben")
    with company_scope(salon.company_id), transaction():
        cancel_booking(gone.id, DESK)
    assert [str(entry["uid"]).partition("@")[0] for entry in read(client, token)] == [kept.id]
    with time_machine.travel("2026-07-04T08:00:00+02:00", tick=True):
        assert read(client, token) == []


@pytest.mark.parametrize(
    ("starts", "status", "is_shown"),
    [
        ("2026-05-12T10:00", "pending", True),
        ("2026-05-12T10:00", "confirmed", True),
        ("2026-05-12T10:00", "done", True),
        ("2026-05-12T10:00", "no_show", True),
        ("2026-05-12T10:00", "cancelled", False),
        ("2026-04-05T10:00", "done", True),
        ("2026-04-03T10:00", "done", False),
        ("2027-05-03T10:00", "confirmed", True),
        ("2027-05-05T10:00", "confirmed", False),
    ],
)
def test_it_shows_what_stands_or_took_place_from_a_month_ago_to_a_year_ahead(
    client: FlaskClient, db: SQLAlchemy, salon: Salon, starts: str, status: str, is_shown: bool
) -> None:
    token = feed_of(salon, branch_id=salon.branches["mitte"])
    booking = book(salon, "cut:anna", starts=starts, ignore_rules=True)
    with company_scope(salon.company_id), transaction():
        db.session.get_one(Booking, booking.id).status = status
    assert len(read(client, token)) == is_shown


def test_a_person_at_a_branch_reads_only_what_they_do_there(client: FlaskClient, salon: Salon) -> None:
    token = feed_of(salon, staff_id=salon.people["anna"], branch_id=salon.branches["mitte"])
    shown = book(salon, "cut:anna")
    book(salon, "cut:anna", branch_id=salon.branches["pankow"], starts="2026-05-13T10:00")
    book(salon, "cut:ben")
    (entry,) = read(client, token)
    assert (str(entry["uid"]).partition("@")[0], str(entry["summary"])) == (shown.id, "Haarschnitt")
    assert "Anna Lindgren, Berlin-Mitte" in client.get(f"/ics/{token}.ics").text


def test_what_comes_first_stands_first(client: FlaskClient, salon: Salon) -> None:
    token = feed_of(salon, branch_id=salon.branches["mitte"])
    for clock in ("14:00", "09:00", "11:00"):
        book(salon, "cut:anna", starts=f"2026-05-12T{clock}")
    assert [entry.decoded("dtstart") for entry in read(client, token)] == [at(f"2026-05-12T{hour}:00") for hour in ("09", "11", "14")]


def test_asked_again_without_a_change_it_answers_nothing_new(client: FlaskClient, salon: Salon) -> None:
    token = feed_of(salon, branch_id=salon.branches["mitte"])
    book(salon, "cut:anna")
    first = client.get(f"/ics/{token}.ics")
    again = client.get(f"/ics/{token}.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "private" in first.headers["Cache-Control"]
    assert first.headers["X-Robots-Tag"] == "noindex"


def test_an_address_that_was_taken_back_does_not_exist(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    token = feed_of(salon, branch_id=salon.branches["mitte"])
    with unscoped():
        stored = db.session.scalars(select(CalendarFeed)).one()
        assert token not in stored.token_hash
    with company_scope(salon.company_id), transaction():
        calendar_feeds.revoke_feed(calendar_feeds.list_feeds()[0].token_hash)
        assert calendar_feeds.list_feeds() == []
    assert client.get(f"/ics/{token}.ics").status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 43, "%C3%A4" * 9, "a" * 5000])
def test_unknown_addresses_do_not_exist(client: FlaskClient, salon: Salon, token: str) -> None:
    assert client.get(f"/ics/{token}.ics").status_code == 404


def test_a_company_that_is_off_shows_nothing(client: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    token = feed_of(salon, branch_id=salon.branches["mitte"])
    with transaction():
        db.session.get_one(Company, salon.company_id).is_active = False
    assert client.get(f"/ics/{token}.ics").status_code == 404


def test_a_feed_is_of_somebody_of_this_company(db: SQLAlchemy, salon: Salon) -> None:
    other = make_salon("praxis")
    with company_scope(salon.company_id), transaction():
        for wrong in ({}, {"staff_id": other.people["anna"]}, {"branch_id": other.branches["mitte"]}):
            with pytest.raises(InvalidInput):
                calendar_feeds.create_feed(**wrong)
