"""The group commit: many requests at once, few transactions, and each learns what became of its own event."""

import threading
import time
from contextlib import nullcontext
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import DataError, OperationalError

from app.core.extensions import db
from app.domain.inbox import store as inbox_store
from app.domain.inbox.store import GroupCommit, IncomingWebhook, WebhookNotStored
from app.models import WebhookEvent
from tests.support.inbox import events
from tests.support.waiting import HANGS_AFTER_S

AT_ONCE = 24


def incoming(number: int) -> IncomingWebhook:
    return IncomingWebhook(
        provider="retell", event_name="call_started", dedupe_key=f"event {number}", body=b"{}", provider_call_id=f"call_{number}"
    )


class Held:
    """Holds the first transaction open until all others wait, and notes how many rows each transaction had."""

    def __init__(self, others: GroupCommit) -> None:
        self.sizes: list[int] = []
        self._group, self._insert = others, inbox_store._insert

    def __call__(self, rows: list[dict[str, Any]]) -> None:
        self.sizes.append(len(rows))
        while len(self.sizes) == 1 and len(self._group._queue) < AT_ONCE - 1:
            time.sleep(0.005)
        self._insert(rows)


@pytest.fixture
def group() -> GroupCommit:
    return GroupCommit()


@pytest.fixture
def held(group: GroupCommit, monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setattr(inbox_store, "_insert", held := Held(group))
    return held


def all_at_once(app: Flask, group: GroupCommit, arriving: list[IncomingWebhook]) -> list[bool | BaseException | None]:
    """What each of them heard; None for who is still waiting after all that time."""
    heard: list[bool | BaseException | None] = [None] * len(arriving)

    def store(place: int) -> None:
        try:
            with app.app_context():
                heard[place] = group.store(arriving[place])
        except BaseException as error:
            heard[place] = error

    threads = [threading.Thread(target=store, args=(place,), daemon=True) for place in range(len(arriving))]
    until = time.monotonic() + HANGS_AFTER_S
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    assert None not in heard, "somebody is left waiting"
    return heard


def test_whatever_a_sender_says_fits_the_columns(db: SQLAlchemy) -> None:
    row = IncomingWebhook("retell", "e" * 999, "k" * 999, b"{}", provider_call_id="c" * 999, to_number="9" * 999).row()
    for name in ("event_name", "dedupe_key", "provider_call_id", "to_number"):
        assert len(row[name]) == WebhookEvent.__table__.c[name].type.length


def test_who_comes_meanwhile_shares_one_transaction(app: Flask, group: GroupCommit, held: Held) -> None:
    led = all_at_once(app, group, [incoming(number) for number in range(AT_ONCE)])
    assert held.sizes == [1, AT_ONCE - 1]
    assert sorted(map(bool, led)) == [False] * (AT_ONCE - 2) + [True] * 2, "one of each group wakes the workers"
    with app.app_context():
        assert {row.provider_call_id for row in events()} == {f"call_{number}" for number in range(AT_ONCE)}


def test_nobody_is_left_waiting_when_groups_are_cut(app: Flask, group: GroupCommit, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_store, "MAX_GROUP_SIZE", 5)
    all_at_once(app, group, [incoming(number) for number in range(AT_ONCE)])
    assert held.sizes == [1, 5, 5, 5, 5, 3]
    with app.app_context():
        assert len(events()) == AT_ONCE
        assert group.store(incoming(AT_ONCE)), "and the next one leads again"


def test_a_row_that_the_database_refuses_fails_alone(app: Flask, group: GroupCommit, held: Held) -> None:
    with app.app_context():
        engine = db.engine

    def refuse(_connection: Any, clause: Any, many: Any, params: Any, _options: Any) -> None:
        if any(row.get("provider_call_id") == "call_7" for row in many or [params]):
            raise DataError("refused", None, Exception())

    event.listen(engine, "before_execute", refuse)
    try:
        answers = all_at_once(app, group, [incoming(number) for number in range(AT_ONCE)])
    finally:
        event.remove(engine, "before_execute", refuse)
    assert [number for number, answer in enumerate(answers) if isinstance(answer, BaseException)] == [7]
    with app.app_context():
        assert {row.provider_call_id for row in events()} == {f"call_{number}" for number in range(AT_ONCE)} - {"call_7"}


def test_when_the_leader_is_shot_the_others_are_told_and_the_next_one_leads(
    app: Flask, group: GroupCommit, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """gunicorn ends a request by an exception that is none of ours."""
    real, shot = inbox_store._insert, []

    def shoot(rows: list[dict[str, Any]]) -> None:
        held(rows)
        if len(rows) > 1 and not shot:
            shot.append(len(rows))
            raise SystemExit

    monkeypatch.setattr(inbox_store, "_insert", shoot)
    monkeypatch.setattr(inbox_store, "MAX_GROUP_SIZE", 10)
    answers = all_at_once(app, group, [incoming(number) for number in range(AT_ONCE)])
    assert shot == [10]
    assert len([answer for answer in answers if isinstance(answer, SystemExit)]) == 1
    assert len([answer for answer in answers if isinstance(answer, WebhookNotStored)]) == 9, "nobody of that group hears that all is well"
    with app.app_context():
        monkeypatch.setattr(inbox_store, "_insert", real)
        assert group.store(incoming(AT_ONCE))


@pytest.mark.parametrize(
    ("is_closed", "failures", "patience_s", "is_stored"),
    [
        (True, 1, inbox_store.RECONNECT_TIMEOUT_S, True),
        (True, 2, inbox_store.RECONNECT_TIMEOUT_S, False),
        # a database that was silent for so long is not waited for a second time
        (True, 1, 0, False),
        (False, 1, inbox_store.RECONNECT_TIMEOUT_S, False),
    ],
)
def test_a_connection_that_was_closed_meanwhile_is_opened_again_once(
    db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch, is_closed: bool, failures: int, patience_s: float, is_stored: bool
) -> None:
    monkeypatch.setattr(inbox_store, "RECONNECT_TIMEOUT_S", patience_s)
    failed: list[str] = []

    def fail(*_statement: Any) -> None:
        if len(failed) < failures:
            failed.append("once more")
            raise OperationalError("INSERT", None, Exception(), connection_invalidated=is_closed)

    event.listen(db.engine, "before_execute", fail)
    try:
        with nullcontext() if is_stored else pytest.raises(OperationalError):
            inbox_store.store(incoming(1))
    finally:
        event.remove(db.engine, "before_execute", fail)
    assert len(events()) == is_stored
