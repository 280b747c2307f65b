"""No marketing without consent, nothing after STOP, nothing across companies; `benchmarks.mixed_sends` does it with 5,000 messages."""

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.domain.notifications import delivery, notification_queue
from tests.factories.salon import Salon, make_salon
from tests.support.mixed_sends import simulate

SENDS = 150


@pytest.fixture
def senders(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_sender": "Lindgren", "smtp_url": "smtp://mail.example",
        "mail_from": "termine@salon.example",
    }.items():  # fmt: skip
        monkeypatch.setattr(app.config["SETTINGS"], name, value)


@pytest.mark.usefixtures("senders")
def test_marketing_goes_only_where_there_is_consent(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    world = simulate((salon, make_salon("salon-zwei")), present, sends=SENDS, seed=3)
    assert world.wrong == []
    assert world.taken["marketing"] > 0.1 * SENDS and world.taken["service"] > 0.2 * SENDS and world.refused > 0.1 * SENDS


@pytest.mark.usefixtures("senders")
@pytest.mark.parametrize("module", [notification_queue, delivery])
def test_oracle_sees_when_either_check_is_missing(
    db: SQLAlchemy, salon: Salon, present: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, module: object
) -> None:
    monkeypatch.setattr(module, "has_consent", lambda *_: True)
    assert simulate((salon, make_salon("salon-zwei")), present, sends=SENDS, seed=3).wrong != []
