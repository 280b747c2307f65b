"""The live sequence stays short, and its numbers go on."""

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update

from app.core.clock import now
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.jobs import live_event_retention
from app.models import LiveEvent
from app.realtime.event_log import list_events_since
from tests.support.live import build_turn, live_events, make_call, make_live_company, publish_events


def test_yesterdays_events_are_forgotten_and_numbers_go_on(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_event_retention, "BATCH_SIZE", 3)
    salon, praxis = make_live_company(), make_live_company("praxis-morgenstern")
    for call in (make_call(salon), make_call(praxis)):
        publish_events(*(build_turn(call, index, "gesagt") for index in range(5)))
    with unscoped(), transaction():
        for seq, hours in ((1, 30), (2, 29), (3, 26), (4, 25)):
            db.session.execute(update(LiveEvent).where(LiveEvent.seq == seq).values(occurred_at=now() - timedelta(hours=hours)))
    assert live_event_retention.delete_old_live_events() == 8
    assert live_event_retention.delete_old_live_events() == 0
    publish_events(build_turn(make_call(salon), 0, "weiter"))
    assert [row.seq for row in live_events(salon.company_id)] == [5, 6]
    with company_scope(salon.company_id):
        assert list_events_since(salon.company_id, 2) == (None, 6)
        assert [row["seq"] for row in list_events_since(salon.company_id, 4)[0]] == [5, 6]
