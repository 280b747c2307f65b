"""flask calendars and flask feeds: from nothing to a booking that stands in both, and an address for a phone."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.jobs.calendar_sync import sync_booking
from app.models import BookingSync, Connection
from tests.doubles.calcom import KEY, CalcomDouble
from tests.factories.salon import Salon, make_salon

Run = Callable[..., str]


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


@pytest.fixture
def double(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalcomDouble]:
    with CalcomDouble() as calcom:
        calcom.add_event_type(910044, "Schnitt Anna", 30, "anna@salon-lindgren.example")
        monkeypatch.setattr(app.config["SETTINGS"], "calcom_base_url", calcom.url)
        yield calcom


@pytest.fixture
def run(app: Flask, db: SQLAlchemy, salon: Salon) -> Run:
    def command(*arguments: str, fails: bool = False, typed: str = "") -> str:
        db.session.rollback()
        result = app.test_cli_runner().invoke(args=[*arguments], input=typed)
        db.session.rollback()
        assert (result.exit_code != 0) is fails, result.output
        return result.output

    return command


OF_SALON = ("--company", "salon-lindgren")


def test_a_company_is_connected_mapped_and_in_step(run: Run, db: SQLAlchemy, salon: Salon, double: CalcomDouble) -> None:
    said = run("calendars", "connect", *OF_SALON, typed=f"{KEY}\n")
    assert KEY not in said
    with unscoped():
        connection = db.session.scalars(select(Connection)).one()
        address = f"http://localhost:8000/api/calcom/webhook/{connection.id}"
        assert address in said
        assert [(each.url, each.secret) for each in double.subscriptions] == [(address, connection.webhook_secret)]
        assert connection.api_key == KEY
    db.session.rollback()
    assert "910044" in run("calendars", "event-types", *OF_SALON)
    mail = ("--contact-email", "empfang@salon-lindgren.example")
    run("calendars", "map", *OF_SALON, "--service", "Haarschnitt", "--staff", "Anna", "--event-type", "910044", *mail)
    assert "yes" in run("calendars", "event-types", *OF_SALON)
    with company_scope(salon.company_id), transaction():
        create_booking(salon.request("cut:anna"))
    with company_scope(salon.company_id):
        sync_id = db.session.scalars(select(BookingSync.id)).one()
        db.session.rollback()
        sync_booking(sync_id)
    assert len(double.active_bookings()) == 1
    assert "done: 1 seen, 0 repaired." in run("calendars", "compare", *OF_SALON)
    shown = run("calendars", "show", *OF_SALON)
    assert "Haarschnitt" in shown
    assert "done" in shown


def test_connecting_again_changes_the_key_and_nothing_else(run: Run, db: SQLAlchemy, double: CalcomDouble) -> None:
    run("calendars", "connect", *OF_SALON, "--api-key", KEY)
    double.key = "cal_new"
    run("calendars", "connect", *OF_SALON, "--api-key", "cal_new")
    with unscoped():
        assert [connection.api_key for connection in db.session.scalars(select(Connection))] == ["cal_new"]
    assert len(double.subscriptions) == 1


def test_what_is_wrong_is_said_in_a_line(run: Run, double: CalcomDouble) -> None:
    assert "not connected" in run("calendars", "event-types", *OF_SALON, fails=True)
    assert "no company" in run("calendars", "show", "--company", "nobody", fails=True)
    assert "Invalid API Key" in run("calendars", "connect", *OF_SALON, "--api-key", "cal_wrong", fails=True)
    double.key = "cal_wrong"
    mapping = ("calendars", "map", *OF_SALON, "--service", "Haarschnitt")
    run(*mapping, "--event-type", "910044")
    run(*mapping, "--event-type", "910044")
    assert "Error" in run(*mapping, "--staff", "Anna", "--event-type", "910044", fails=True)
    assert "Error" in run(*mapping, "--event-type", "neun", fails=True)
    assert "no branch" in run(*mapping, "--event-type", "910045", "--branch", "hamburg", fails=True)


def test_a_feed_is_made_shown_and_taken_back(run: Run, client: FlaskClient) -> None:
    address = run("feeds", "create", *OF_SALON, "--staff", "Anna").strip()
    path = address.removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200
    shown = run("feeds", "list", *OF_SALON)
    assert "Anna Lindgren" in shown
    beginning = next(word for line in shown.splitlines() for word in line.split() if len(word) == 12 and word.isalnum())
    run("feeds", "revoke", *OF_SALON, beginning)
    assert client.get(path).status_code == 404
    assert "no living feed" in run("feeds", "revoke", *OF_SALON, beginning, fails=True)
