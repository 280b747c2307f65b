"""What the guards of all doors share: a mark on every view, who acts, and a company that lasts as long as the request."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from flask import Flask, g

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """How a view is guarded: `company`, `support`, `key`, `signature` or `public`, and by which action or for which reason."""

    kind: str
    by: str


def declare_guard(kind: str, by: str) -> Callable[[View], View]:
    """Marks a view, so that a test can walk all routes and find the one that nobody guards."""

    def mark(view: View) -> View:
        view.guard = Guard(kind, by)  # type: ignore[attr-defined]
        return view

    return mark


def guard_of(view: Callable[..., Any]) -> Guard | None:
    return getattr(view, "guard", None)


def set_up(app: Flask) -> None:
    app.teardown_request(_leave)


def enter_for_request(scope: AbstractContextManager[Any]) -> None:
    """Enters the scope until the request is over: its view, its templates and its error page are all inside."""
    if "scopes" not in g:
        g.scopes = ExitStack()
    g.scopes.enter_context(scope)


def bind_user(user_id: str) -> None:
    """Notes who acts, for the log and the audit."""
    structlog.contextvars.bind_contextvars(user=user_id)


def _leave(_error: BaseException | None) -> None:
    scopes = g.pop("scopes", None)
    if scopes is not None:
        scopes.close()
