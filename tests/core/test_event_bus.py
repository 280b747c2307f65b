"""The domain announces, listeners follow: before the commit what is written with it, after it what others hear."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core import event_bus
from app.core.event_bus import publish, subscribe
from app.core.transactions import transaction
from app.models import Company


@dataclass(frozen=True)
class Opened:
    name: str


@dataclass(frozen=True)
class OpenedLate(Opened):
    pass


@dataclass(frozen=True)
class Closed:
    name: str


@pytest.fixture(autouse=True)
def own_listeners(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(event_bus, "_listeners", {"before_commit": [], "after_commit": []})
    yield


def companies(db: SQLAlchemy) -> list[str]:
    """As another connection sees them."""
    with db.engine.connect() as connection:
        return sorted(connection.execute(select(Company.name)).scalars())


def add(db: SQLAlchemy, name: str) -> None:
    db.session.add(Company(slug=name.lower(), name=name))


def test_a_listener_hears_all_of_a_transaction_at_once_and_in_order(db: SQLAlchemy) -> None:
    heard: list[list[object]] = []
    subscribe(Opened, when="after_commit")(heard.append)
    with transaction():
        publish(Opened("Lindgren"))
        publish(Closed("Kruse"))
        publish(OpenedLate("Morgenstern"))
    assert heard == [[Opened("Lindgren"), OpenedLate("Morgenstern")]]


def test_nobody_is_called_for_nothing(db: SQLAlchemy) -> None:
    heard: list[list[object]] = []
    subscribe(Closed, when="before_commit")(heard.append)
    subscribe(Closed, when="after_commit")(heard.append)
    with transaction():
        publish(Opened("Lindgren"))
    assert heard == []


def test_what_is_rolled_back_was_never_announced(db: SQLAlchemy) -> None:
    heard: list[list[object]] = []
    subscribe(Opened, when="after_commit")(heard.append)
    with pytest.raises(ValueError, match="no"), transaction():
        publish(Opened("Lindgren"))
        raise ValueError("no")
    with transaction():
        publish(Opened("Kruse"))
    assert heard == [[Opened("Kruse")]]


def test_what_a_listener_writes_before_the_commit_is_part_of_it(db: SQLAlchemy) -> None:
    subscribe(Opened, when="before_commit")(lambda events: [add(db, event.name) for event in events])
    with transaction():
        publish(Opened("Lindgren"))
        assert companies(db) == []
    assert companies(db) == ["Lindgren"]


def test_a_listener_that_fails_before_the_commit_stops_it(db: SQLAlchemy) -> None:
    heard: list[list[object]] = []

    @subscribe(Opened, when="before_commit")
    def refuse(_events: list[Opened]) -> None:
        raise ValueError("no")

    subscribe(Opened, when="after_commit")(heard.append)
    with pytest.raises(ValueError, match="no"), transaction():
        add(db, "Lindgren")
        publish(Opened("Lindgren"))
    assert companies(db) == []
    assert heard == []


def test_a_listener_that_fails_after_the_commit_harms_nobody(db: SQLAlchemy) -> None:
    heard: list[list[object]] = []

    @subscribe(Opened, when="after_commit")
    def fail(_events: list[Opened]) -> None:
        raise ValueError("no")

    subscribe(Opened, when="after_commit")(heard.append)
    with transaction():
        add(db, "Lindgren")
        publish(Opened("Lindgren"))
    assert companies(db) == ["Lindgren"]
    assert heard == [[Opened("Lindgren")]]


def test_what_is_heard_after_the_commit_is_committed(db: SQLAlchemy) -> None:
    seen: list[list[str]] = []
    subscribe(Opened, when="after_commit")(lambda _events: seen.append(companies(db)))
    with transaction():
        add(db, "Lindgren")
        publish(Opened("Lindgren"))
    assert seen == [["Lindgren"]]


def test_a_listener_may_work_in_a_transaction_of_its_own_and_nothing_is_heard_twice(db: SQLAlchemy) -> None:
    heard: list[tuple[str, list[object]]] = []
    subscribe(Opened, Closed, when="before_commit")(lambda events: heard.append(("before", events)))

    @subscribe(Opened, when="after_commit")
    def write(events: list[Opened]) -> None:
        heard.append(("after", list(events)))
        with transaction():
            add(db, "Kruse")
            publish(Closed("Kruse"))

    with transaction():
        publish(Opened("Lindgren"))
    assert heard == [("before", [Opened("Lindgren")]), ("after", [Opened("Lindgren")]), ("before", [Closed("Kruse")])]
    assert companies(db) == ["Kruse"]


def test_what_a_listener_announces_before_the_commit_is_heard_by_those_behind_it(db: SQLAlchemy) -> None:
    """One round only: listeners stand in the order in which app/listeners imports them."""
    heard: list[list[object]] = []

    @subscribe(Opened, when="before_commit")
    def close(events: list[Opened]) -> None:
        for event in events:
            publish(Closed(event.name))

    subscribe(Closed, when="before_commit")(heard.append)
    subscribe(Closed, when="after_commit")(heard.append)
    with transaction():
        publish(Opened("Lindgren"))
    assert heard == [[Closed("Lindgren")], [Closed("Lindgren")]]
