"""Shared parts of all route guards: the declaration on every view, the acting user, and scopes that last for the request."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from flask import Flask, g

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class RouteGuard:
    """The guard of a view: its kind `company`, `support`, `key`, `signature` or `public`, and the action or reason."""

    kind: str
    by: str


def declare_guard(kind: str, by: str) -> Callable[[View], View]:
    """Declare a view's guard, so that a test can walk all routes and find one without."""

    def mark(view: View) -> View:
        view.guard = RouteGuard(kind, by)  # type: ignore[attr-defined]
        return view

    return mark


def guard_of(view: Callable[..., Any]) -> RouteGuard | None:
    return getattr(view, "guard", None)


def set_up(app: Flask) -> None:
    app.teardown_request(_leave)


def enter_for_request(scope: AbstractContextManager[Any]) -> None:
    """Enter the scope until the end of the request, so that view, templates and error page run inside it."""
    if "scopes" not in g:
        g.scopes = ExitStack()
    g.scopes.enter_context(scope)


def bind_user(user_id: str) -> None:
    """Bind the acting user to the log and the audit trail."""
    structlog.contextvars.bind_contextvars(user=user_id)


def _leave(_error: BaseException | None) -> None:
    scopes = g.pop("scopes", None)
    if scopes is not None:
        scopes.close()
