"""The caller gets the link to their booking by message: once, at the number we know, and only who may hear its time."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Connection, Notification
from tests.factories.salons import Salon
from tests.support.agent_line import FAMILY, STRANGER, SVEA, Line, book

TUESDAY = "2026-05-12T10:00"


@pytest.fixture
def svea_is_booked(salon: Salon) -> str:
    return book(salon, TUESDAY, customer="Svea Thomsen")


@pytest.fixture
def sender(db: SQLAlchemy, salon: Salon) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:secret", label="Lindgren"))


def written(db: SQLAlchemy, salon: Salon) -> list[Notification]:
    db.session.rollback()
    with company_scope(salon.company_id):
        return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def test_the_link_goes_to_the_number_that_we_know(db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, line: Line) -> None:
    told = line.use("send_link", kind="booking")
    (row,) = written(db, salon)
    assert told["ok"] and told["data"] == {"notification_id": row.id, "booking_id": svea_is_booked}
    assert (row.recipient, row.kind, row.status) == (SVEA, "booking_link", "pending")
    assert "12. Mai" in told["say"] and "SMS" in told["say"] and "/b/" in (row.body or "")


def test_asked_again_it_is_not_sent_again(db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, line: Line) -> None:
    first, again = line.use("send_link", kind="Termin"), line.use("send_link", kind="link", booking_id=svea_is_booked)
    assert first["data"] == again["data"]
    assert len(written(db, salon)) == 1


def test_what_was_just_confirmed_needs_no_second_link(db: SQLAlchemy, salon: Salon, sender: None, line: Line) -> None:
    line.use("book_appointment", service="Haarschnitt", date="2026-05-12", time="11:00", name="Svea Thomsen")
    assert line.use("send_link", kind="booking")["ok"]
    assert len(written(db, salon)) == 1


def test_of_several_bookings_the_agent_asks_which(salon: Salon, svea_is_booked: str, sender: None, line: Line) -> None:
    book(salon, "2026-05-13T10:00", customer="Svea Thomsen")
    assert line.use("send_link", kind="booking")["code"] == "ambiguous"
    assert line.use("send_link", kind="booking", date="12. Mai")["ok"]


@pytest.mark.parametrize("number", [None, STRANGER, FAMILY])
def test_who_may_not_hear_the_time_gets_no_link(
    db: SQLAlchemy, salon: Salon, svea_is_booked: str, sender: None, line: Line, number: str | None
) -> None:
    line.number = number
    assert not line.use("send_link", kind="booking")["ok"]
    assert not line.use("send_link", kind="booking", booking_id=svea_is_booked)["ok"]
    assert written(db, salon) == []


def test_one_of_a_family_says_the_name_first(db: SQLAlchemy, salon: Salon, sender: None, line: Line) -> None:
    book(salon, TUESDAY, customer="Katrin Ebers")
    line.number = FAMILY
    assert not line.use("send_link", kind="booking")["ok"]
    line.use("identify_customer", name="Katrin Ebers")
    assert line.use("send_link", kind="booking")["ok"]


def test_where_nothing_can_be_sent_the_agent_says_so(db: SQLAlchemy, salon: Salon, svea_is_booked: str, line: Line) -> None:
    assert line.use("send_link", kind="booking")["code"] == "not_available"
    assert line.use("send_link", kind="directions")["code"] == "not_available"
    assert written(db, salon) == []
