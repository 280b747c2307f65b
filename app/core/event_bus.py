"""The event bus: the domain publishes events; listeners run before the commit (rows that belong to it) or after it (effects outside)."""

from collections.abc import Callable
from typing import Any, Literal

import structlog

from app.core.extensions import db

log = structlog.get_logger()
When = Literal["before_commit", "after_commit"]
Listener = Callable[[list[Any]], None]
_listeners: dict[When, list[tuple[tuple[type, ...], Listener]]] = {"before_commit": [], "after_commit": []}


def subscribe(*events: type, when: When) -> Callable[[Listener], Listener]:
    """Register a listener, called once per transaction with all events of these classes, in order."""

    def register(listener: Listener) -> Listener:
        _listeners[when].append((events, listener))
        return listener

    return register


def publish(event: object) -> None:
    """Publish an event; listeners get it only if the transaction is committed."""
    db.session().info.setdefault("published", []).append(event)


def run_before_commit() -> None:
    """Run the listeners inside the transaction; an error rolls it back."""
    _deliver("before_commit", db.session().info.get("published", []))
    db.session.flush()


def run_after_commit() -> None:
    """Run the listeners after the commit; the error of one is logged and stops no other.

    The events are removed first, so that a listener's own transaction does not publish them again.
    """
    published = db.session().info.pop("published", [])
    for events, listener in _listeners["after_commit"]:
        matching = [event for event in published if isinstance(event, events)]
        if matching:
            try:
                listener(matching)
            except Exception:
                log.exception("listener.failed", listener=listener.__qualname__)


def discard() -> None:
    db.session().info.pop("published", None)


def _deliver(when: When, published: list[object]) -> None:
    for events, listener in _listeners[when]:
        matching = [event for event in published if isinstance(event, events)]
        if matching:
            listener(matching)
