"""The salon with a telephone, and Twilio's double for what is sent."""

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.transactions import transaction
from app.models import PhoneNumber
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import Salon, at
from tests.support.retell_webhooks import MITTE
from tests.support.telephone_line import TelephoneLine
from tests.support.twilio_sms import LINE


@pytest.fixture
def line(db: SQLAlchemy, client: FlaskClient, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller) -> TelephoneLine:
    with transaction():
        for number in (MITTE, LINE):
            db.session.add(PhoneNumber(e164=number, branch_id=salon.branches["mitte"]))
    present.move_to(at("2026-05-04T10:00"))
    return TelephoneLine(db, client, salon, twilio, present)
