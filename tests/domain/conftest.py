"""A salon on a Monday in May, on each database."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from tests.doubles.calcom import CalcomDouble
from tests.doubles.messaging import ACCOUNT, TOKEN, TwilioDouble
from tests.factories.salon import PRESENT, Salon, make_salon
from tests.support.calcom_world import CalcomWorld, http_server


@pytest.fixture
def present(db: SQLAlchemy) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PRESENT, tick=True) as traveller:
        yield traveller


@pytest.fixture
def salon(db: SQLAlchemy, present: time_machine.Traveller) -> Iterator[Salon]:
    """The salon, and its company at work."""
    salon = make_salon()
    with company_scope(salon.company_id):
        yield salon


@pytest.fixture
def calcom(
    app: Flask, db: SQLAlchemy, present: time_machine.Traveller, salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CalcomWorld]:
    """The same salon, connected to Cal.com's double, whose webhooks come in over HTTP."""
    with CalcomDouble() as double, http_server(app) as address:
        monkeypatch.setattr(app.config["SETTINGS"], "calcom_base_url", double.url)
        found = CalcomWorld(app, salon, double, present)
        double.subscribe(f"{address}/api/calcom/webhook/{found.connect()}")
        yield found


@pytest.fixture
def twilio(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioDouble]:
    known = app.config["SETTINGS"]
    with TwilioDouble() as double:
        keys = {"base_url": double.url, "account_sid": ACCOUNT, "auth_token": TOKEN, "sender": "Lindgren"}
        for name, value in keys.items():
            monkeypatch.setattr(known, f"twilio_{name}", value)
        yield double
