"""Events that cannot be worked through: they wait, die with a reason, and harm no other."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import LargeBinary, type_coerce, update

from app.core.extensions import db as database
from app.domain.inbox import processor
from app.models import WebhookEvent
from tests.support.inbox import arrive, by_status, calls, events
from tests.support.lindgren import call_body, make_salon


@pytest.mark.parametrize("broken", [b"not sealed by any key of ours", b""])
def test_a_body_that_no_key_opens_harms_no_other_event(db: SQLAlchemy, broken: bytes) -> None:
    make_salon()
    arrive(*(call_body("call_started", f"call_{number}") for number in range(3)))
    spoil("call_1", broken)
    assert processor.drain_batch(10) == 3
    assert by_status() == {"handled": 2, "pending": 1}
    assert set(calls()) == {"call_0", "call_2"}
    [waiting] = [event for event in events() if event.status == "pending"]
    assert (waiting.attempts, waiting.claim_token) == (1, None)
    assert waiting.reason and "PayloadUnreadable" in waiting.reason


def spoil(call_id: str, body: bytes) -> None:
    """As a broken disk or a lost key would leave it."""
    with database.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(update(table).where(table.c.provider_call_id == call_id).values(body=type_coerce(body, LargeBinary)))
