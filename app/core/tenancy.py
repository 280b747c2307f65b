"""Tenancy: filter every query of a company-owned table by the current company; without a company it raises (fails closed)."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Column, CursorResult, Delete, Select, Table, TextClause, Update, bindparam, event, inspect, update
from sqlalchemy.orm import LoaderCriteriaOption, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.sql import visitors

from app.core.calendar_scope import is_in_calendar
from app.core.column_types import Id

UNSCOPED = "*"
_company: ContextVar[str | None] = ContextVar("company", default=None)


class CompanyContextMissing(RuntimeError):
    """A company-owned table was queried without a company."""


class CrossCompanyAccess(RuntimeError):
    """A statement would have read or written a row of another company."""


OWNED_TABLES: set[str] = set()


class CompanyScoped:
    """A model whose rows belong to one company."""

    company_id: Mapped[str] = mapped_column(Id)

    def __init_subclass__(cls, **options: Any) -> None:
        if "__tablename__" in cls.__dict__:
            OWNED_TABLES.add(cls.__dict__["__tablename__"])
        super().__init_subclass__(**options)


def current_company_id() -> str | None:
    """The current company, or None without one and inside unscoped()."""
    company = _company.get()
    return None if company == UNSCOPED else company


@contextmanager
def company_scope(company_id: str) -> Iterator[None]:
    """Restrict reads and writes inside to this company's rows."""
    if not company_id or company_id == UNSCOPED:
        raise CompanyContextMissing("A scope needs a company.")
    token = _company.set(company_id)
    try:
        yield
    finally:
        _company.reset(token)


@contextmanager
def unscoped() -> Iterator[None]:
    """Allow access to all companies inside, for support pages and background jobs."""
    token = _company.set(UNSCOPED)
    try:
        yield
    finally:
        _company.reset(token)


@contextmanager
def clear_company() -> Iterator[None]:
    """Unset the company inside, for code that dispatches work of several companies."""
    token = _company.set(None)
    try:
        yield
    finally:
        _company.reset(token)


class CompanySession(FlaskSession):
    """A session whose reads and writes of owned models are limited to the current company."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        row = super().get(entity, ident, **options)
        return row if row is None or (_is_visible(row) and is_in_calendar(row)) else None

    def _bulk_save_mappings(self, *_args: Any, **_options: Any) -> None:
        """Refuse bulk_save_objects and the like, all of which end here: they bypass the events that check rows."""
        raise CrossCompanyAccess("Use add_all(), or insert() and update() of the model with a list of rows.")

    def plain_rows(self, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a select of columns, filtered by the current company but without the ORM's work per row, for large reads."""
        if statement._propagate_attrs.get("compile_state_plugin") != "orm":
            raise CompanyContextMissing("Ask for the model, not for a bare table.")
        self.flush()
        company = _require_company("What is asked for")
        filtered = statement if company == UNSCOPED else statement.options(_company_condition(company))
        return self.connection().execute(filtered, values).all()


@functools.lru_cache(maxsize=1024)
def _company_condition(company: str) -> LoaderCriteriaOption:
    return with_loader_criteria(CompanyScoped, lambda cls: cls.company_id == company, include_aliases=True)


def _is_visible(row: Any) -> bool:
    """Check a row that the identity map returns without a query."""
    if not isinstance(row, CompanyScoped):
        return True
    company = _require_company(type(row).__name__)
    return company == UNSCOPED or row.company_id == company


def _require_company(what: str) -> str:
    company = _company.get()
    if company is None:
        raise CompanyContextMissing(f"{what} belongs to a company, and none is set here.")
    return company


@event.listens_for(Session, "do_orm_execute")
def _filter_by_company(state: ORMExecuteState) -> CursorResult[Any] | None:
    if state.is_column_load or state.is_relationship_load:
        return None
    company = _company.get()
    if company == UNSCOPED:
        return None
    owned = _owned_table(state)
    if owned is None:
        return None
    if company is None:
        raise CompanyContextMissing(f"{owned} belongs to a company, and none is set here.")
    if state.is_insert:
        _refuse_foreign_rows(state, company)
        return None
    if state.is_update:
        _refuse_company_change(state, company)
        if isinstance(state.parameters, list):
            return _update_one_by_one(state, company)
    state.statement = state.statement.options(_company_condition(company))
    return None


# `_multi_values`, `_values`, `_annotations` and `_propagate_attrs` are private to SQLAlchemy: no public API tells before a statement
# runs which values it writes, or whether it names models (tests/house/test_library_internals.py checks each of them)
def _refuse_foreign_rows(state: ORMExecuteState, company: str) -> None:
    """Require the current company in every row of an INSERT; the rows of an INSERT … SELECT cannot be checked, so it is refused."""
    given = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    fixed = [row for rows in state.statement._multi_values for row in rows] or [state.statement._values or {}]
    for row in ({**_plain(values), **_plain(parameters)} for values in fixed for parameters in given):
        if row.get("company_id") != company:
            raise CrossCompanyAccess("A row of another company was about to be inserted.")


def _refuse_company_change(state: ORMExecuteState, company: str) -> None:
    """Require that an UPDATE which writes a company writes the current one."""
    rows = state.parameters if isinstance(state.parameters, list) else [state.statement._values or {}, state.parameters or {}]
    if any(_plain(row).get("company_id", company) != company for row in rows):
        raise CrossCompanyAccess("A row was about to be given to another company.")


def _update_one_by_one(state: ORMExecuteState, company: str) -> CursorResult[Any]:
    """Run an UPDATE by primary keys with a company filter, since it takes none from options; all rows name the same columns."""
    mapper, rows = state.bind_mapper, state.parameters
    assert mapper is not None and isinstance(rows, list) and isinstance(mapper.local_table, Table)
    if len({frozenset(row) for row in rows}) > 1:
        raise ValueError("All rows of an UPDATE by primary key must name the same columns.")
    keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    statement = update(mapper.local_table).where(mapper.local_table.c.company_id == bindparam("its_company_id"))
    for key in keys:
        statement = statement.where(mapper.columns[key] == bindparam(f"its_{key}"))
    statement = statement.values({mapper.columns[name].name: bindparam(f"new_{name}") for name in rows[0] if name not in keys})
    named = [{f"{'its' if name in keys else 'new'}_{name}": value for name, value in row.items()} for row in rows]
    result = state.session.connection().execute(statement, [{**row, "its_company_id": company} for row in named])
    if result.rowcount != len(rows):
        raise CrossCompanyAccess("A row of another company was about to be changed.")
    return result


def _plain(values: Mapping[Any, Any]) -> dict[str, Any]:
    """The values known before the statement runs, by column name."""
    named = ((getattr(column, "key", column), getattr(value, "value", value)) for column, value in values.items())
    return {name: value for name, value in named if isinstance(value, str)}


def _owned_table(state: ORMExecuteState) -> str | None:
    """The first owned table in the statement, at the top level or in a join, a subquery or an EXISTS.

    A bare Table of an owned model is refused, because the filter applies to models only; so is textual SQL that names one.
    """
    for mapper in state.all_mappers:
        if issubclass(mapper.class_, CompanyScoped):
            return mapper.class_.__name__
    owned = None
    if isinstance(state.statement, TextClause):
        _refuse_bare(table for table in OWNED_TABLES if re.search(rf"\b{table}\b", state.statement.text))
    if isinstance(state.statement, Update | Delete):
        _refuse_bare(_bare([state.statement.table]))
    for part in visitors.iterate(state.statement):
        if isinstance(part, Table) and part.name in OWNED_TABLES:
            owned = part.name
        elif isinstance(part, Column) and "parententity" not in part._annotations:
            _refuse_bare(_bare([part.table]))
        elif isinstance(part, Select) and part._propagate_attrs.get("compile_state_plugin") != "orm":
            _refuse_bare(_bare(part.get_final_froms()))
    return owned


def _bare(froms: Iterable[Any]) -> Iterator[str]:
    """The owned tables among these that are queried without their model."""
    for table in froms:
        if isinstance(table, Table) and table.name in OWNED_TABLES and "parententity" not in table._annotations:
            yield table.name


def _refuse_bare(tables: Iterable[str]) -> None:
    for table in tables:
        raise CompanyContextMissing(f"Ask for the model, not for the bare table {table}.")


@event.listens_for(Session, "before_flush")
def _stamp_and_check(session: Session, _context: object, _instances: object) -> None:
    for row in session.new:
        if isinstance(row, CompanyScoped) and row.company_id is None:
            row.company_id = current_company_id()
    company = _company.get()
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, CompanyScoped):
            continue
        if company is None:
            raise CompanyContextMissing(f"{type(row).__name__} belongs to a company, and none is set here.")
        if row.company_id is None or company not in (UNSCOPED, row.company_id):
            raise CrossCompanyAccess(f"{type(row).__name__} belongs to another company than the one at work.")
        if row in session.dirty and inspect(row).attrs.company_id.history.has_changes():
            raise CrossCompanyAccess(f"{type(row).__name__} cannot move to another company.")
