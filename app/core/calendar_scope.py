"""The reader's calendar: while it is set, queries find the appointments of one person only, wherever they are asked for."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import LoaderCriteriaOption, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from app.core.column_types import Id

# the calendar of whoever is linked to no person: nothing stands in it
NO_CALENDAR = "-"
_calendar: ContextVar[str | None] = ContextVar("calendar", default=None)


class InCalendar:
    """A model whose rows stand in one person's calendar."""

    staff_id: Mapped[str] = mapped_column(Id)


# conditions of models that only speak of what stands in a calendar
_further: list[Callable[[str], LoaderCriteriaOption]] = []


def limit_to_calendar(build: Callable[[str], LoaderCriteriaOption]) -> Callable[[str], LoaderCriteriaOption]:
    """Register the condition of such a model."""
    _further.append(build)
    return build


def get_calendar() -> str | None:
    """The id of the person whose appointments the reader may see; None: those of everybody."""
    return _calendar.get()


@contextmanager
def calendar_scope(staff_id: str | None) -> Iterator[None]:
    """Restrict reads inside to this person's calendar; None: no restriction, as the rules of booking need it when they write."""
    token = _calendar.set(staff_id)
    try:
        yield
    finally:
        _calendar.reset(token)


def is_in_calendar(row: Any) -> bool:
    """Check a row that the identity map returns without a query."""
    calendar = _calendar.get()
    return calendar is None or not isinstance(row, InCalendar) or row.staff_id == calendar


@functools.lru_cache(maxsize=1024)
def _build_conditions(calendar: str) -> tuple[LoaderCriteriaOption, ...]:
    own = with_loader_criteria(InCalendar, lambda cls: cls.staff_id == calendar, include_aliases=True)
    return own, *(build(calendar) for build in _further)


@event.listens_for(Session, "do_orm_execute")
def _filter_by_calendar(state: ORMExecuteState) -> None:
    calendar = _calendar.get()
    if calendar is not None and state.is_select and not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(*_build_conditions(calendar))
