"""The domain announces, listeners follow: before the commit what must be written with it, after it what others hear."""

from collections.abc import Callable
from typing import Any, Literal

import structlog

from app.core.extensions import db

log = structlog.get_logger()
When = Literal["before_commit", "after_commit"]
Listener = Callable[[list[Any]], None]
_listeners: dict[When, list[tuple[tuple[type, ...], Listener]]] = {"before_commit": [], "after_commit": []}


def subscribe(*events: type, when: When) -> Callable[[Listener], Listener]:
    """Registers a listener; it is called once per transaction with all events of these classes, in order."""

    def register(listener: Listener) -> Listener:
        _listeners[when].append((events, listener))
        return listener

    return register


def publish(event: object) -> None:
    """Says that something happened; heard only if the transaction is committed."""
    db.session().info.setdefault("announced", []).append(event)


def run_before_commit() -> None:
    """Called by the transaction; an error here rolls it back."""
    _deliver("before_commit", db.session().info.get("announced", []))
    db.session.flush()


def run_after_commit() -> None:
    """Called by the transaction; each listener stands alone, its error is logged.

    What was announced is taken away first: a listener's own transaction must not hear it again.
    """
    announced = db.session().info.pop("announced", [])
    for events, listener in _listeners["after_commit"]:
        heard = [event for event in announced if isinstance(event, events)]
        if heard:
            try:
                listener(heard)
            except Exception:
                log.exception("listener.failed", listener=listener.__qualname__)


def discard() -> None:
    db.session().info.pop("announced", None)


def _deliver(when: When, announced: list[object]) -> None:
    for events, listener in _listeners[when]:
        heard = [event for event in announced if isinstance(event, events)]
        if heard:
            listener(heard)
