"""What runs when: nothing of it keeps others from writing while it waits for Redis."""

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core import redis as guarded
from app.jobs import inbox
from app.jobs.schedule import SCHEDULE
from app.jobs.scheduler import ScheduledJob
from tests.support.inbox import arrive, by_status
from tests.support.retell_webhooks import call_body, make_company_with_number


@pytest.fixture
def open_when_asked(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Each time that Redis is asked: whether a transaction was open."""
    seen: list[bool] = []
    ask = guarded.FailFastRedis.guarded

    def look(self: guarded.FailFastRedis) -> object:
        seen.append(db.session().in_transaction())
        return ask(self)

    monkeypatch.setattr(guarded.FailFastRedis, "guarded", look)
    return seen


@pytest.mark.parametrize("entry", SCHEDULE, ids=lambda entry: entry.name)
def test_no_transaction_is_open_while_redis_is_asked(db: SQLAlchemy, entry: ScheduledJob, open_when_asked: list[bool]) -> None:
    """Redis may be silent for a second, and SQLite has one writer."""
    make_company_with_number()
    arrive(call_body("call_ended", "call_1"))
    entry.action()
    assert not any(open_when_asked)
    assert not db.session().in_transaction()


def test_the_inbox_is_worked_through_with_no_transaction_open_while_redis_is_asked(db: SQLAlchemy, open_when_asked: list[bool]) -> None:
    make_company_with_number()
    arrive(*(call_body(name, "call_1") for name in ("call_started", "call_ended", "call_analyzed")))
    inbox.drain()
    assert by_status() == {"handled": 3}
    assert open_when_asked
    assert not any(open_when_asked)
