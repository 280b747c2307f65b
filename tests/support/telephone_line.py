"""The salon's telephone: calls that come in as webhooks, and the text messages that leave after them."""

from datetime import timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now, to_ms
from app.jobs.notifications import send_notification
from app.models import Notification
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import Salon
from tests.support.retell_webhooks import call_body, send, transcript
from tests.support.twilio_sms import drain

GREETING = transcript("Guten Tag, hier ist Lena, die KI von Salon Lindgren.")
SPOKEN = transcript("Guten Tag.", "Einen Haarschnitt, bitte.", "Gern.")


class TelephoneLine:
    """The salon's telephone, its calls and what is sent after them."""

    def __init__(self, db: SQLAlchemy, client: FlaskClient, salon: Salon, twilio: TwilioDouble, clock: time_machine.Traveller) -> None:
        self.db, self.client, self.salon, self.twilio, self.clock = db, client, salon, twilio, clock

    def ring(self, call_id: str = "call_1", *, said: Any = GREETING, reason: str = "user_hangup", length_s: int = 6, **call: Any) -> None:
        """A call that has just ended, with its analysis where it has one."""
        end = to_ms(now())
        call = {"start_timestamp": end - length_s * 1000, "end_timestamp": end, "disconnection_reason": reason, **call}
        if said:
            call["transcript_object"] = said
        self.post("call_ended", call_id, **call)

    def post(self, event: str, call_id: str = "call_1", **call: Any) -> None:
        assert send(self.client, call_body(event, call_id, **call)).status_code == 204
        drain()
        self.db.session.rollback()

    def work(self, minutes: float = 5) -> list[str]:
        """What leaves in so many minutes."""
        until, before = now() + timedelta(minutes=minutes), len(self.twilio.messages)
        while now() < until:
            self.db.session.rollback()
            due = select(Notification.id).where(Notification.status == "pending", Notification.due_at <= now())
            for row_id in self.db.session.scalars(due.order_by(Notification.created_at)).all():
                send_notification(row_id)
            self.clock.move_to(min(now() + timedelta(minutes=max(0.5, minutes / 30)), until))
        self.db.session.rollback()
        return [row["body"] for row in self.twilio.messages[before:]]

    def rows(self) -> list[Notification]:
        self.db.session.rollback()
        return list(self.db.session.scalars(select(Notification).order_by(Notification.created_at, Notification.id)))
