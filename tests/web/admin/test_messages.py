"""Support sees what became of messages to customers, and why, without their text."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.suppressions import suppress
from app.models import Company
from tests.factories.calendar import BookingFactory, NotificationFactory
from tests.support.tables import each_row
from tests.support.users import make_company, make_user, signed_in

MIRA, OTTO = "+491713920050", "+491713920051"


@pytest.fixture
def companies(app: Flask, db: SQLAlchemy) -> tuple[Company, Company]:
    """The salon's customer Mira has opted out; the garage's message to Otto, a contact of one booking only, went out."""
    salon, garage = make_company(), make_company("werkstatt-kruse")
    with company_scope(salon.id), transaction():
        customer = find_or_create("Mira Sommer", number=MIRA)
        NotificationFactory(customer_id=customer.id, status="dead", reason="opted_out", recipient=MIRA, body="Geheimer Link")
        suppress("sms", MIRA, "opted_out")
    with company_scope(garage.id), transaction():
        booking = BookingFactory(contact_phone=OTTO)
        NotificationFactory(
            subject=f"booking:{booking.id}",
            status="sent",
            channel="email",
            recipient="otto@example.org",
            created_at=now() - timedelta(days=2),
        )
    return salon, garage


@pytest.fixture
def support(app: Flask, companies: tuple[Company, Company]) -> FlaskClient:
    return signed_in(app, make_user(None, "support"))


@each_row(
    "query, shown",
    [
        ({}, ("Salon", "Werkstatt")),
        ({"company": "salon"}, ("Salon",)),
        ({"number": "0171 3920050"}, ("Salon",)),
        ({"number": "0171 3920051"}, ("Werkstatt",)),
        ({"number": "0171 3920052"}, ()),
        ({"status": "dead"}, ("Salon",)),
        ({"status": "sent"}, ("Werkstatt",)),
        ({"until": "yesterday"}, ("Werkstatt",)),
        ({"since": "yesterday"}, ("Salon",)),
    ],
)
def test_the_list_narrows(support: FlaskClient, companies: tuple[Company, Company], query: dict[str, str], shown: tuple[str, ...]) -> None:
    words = {"salon": companies[0].id, "yesterday": (now() - timedelta(days=1)).isoformat(timespec="minutes")[:16]}
    page = support.get("/admin/messages", query_string={name: words.get(value, value) for name, value in query.items()}).text
    rows = page.partition("<tbody")[2]
    assert tuple(name for name in ("Salon", "Werkstatt") if name in rows) == shown


def test_the_reason_is_told_and_neither_number_nor_text(support: FlaskClient) -> None:
    page = support.get("/admin/messages").text
    assert "Nicht zugestellt" in page and "Die Person möchte keine Nachrichten." in page
    assert "… 050" in page and "o…@example.org" in page
    assert not any(hidden in page for hidden in (MIRA, "3920050", "Geheimer", "otto@", "Mira"))


def test_a_number_that_opted_out_says_until_when(support: FlaskClient, companies: tuple[Company, Company]) -> None:
    assert "Salon Lindgren: Die Person möchte keine SMS mehr" in support.get("/admin/messages", query_string={"number": MIRA}).text
    other = {"number": MIRA, "company": companies[1].id}
    assert "möchte keine SMS mehr" not in support.get("/admin/messages", query_string=other).text


def test_people_of_a_company_find_nothing_there(app: Flask, companies: tuple[Company, Company]) -> None:
    assert signed_in(app, make_user(companies[0])).get("/admin/messages").status_code == 404
