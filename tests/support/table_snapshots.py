"""Snapshots of all rows, to compare the database before and after."""

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import unscoped
from app.models import RejectedWebhook


def snapshot_tables(db: SQLAlchemy, company_id: str | None = None) -> dict[str, list[Any]]:
    """Return all rows by table, or those of one company; without the traces that refused requests leave for support."""
    db.session.rollback()
    with unscoped():
        return {model.__tablename__: _rows(db, model, company_id) for model in _models(db, owned_only=company_id is not None)}


def _models(db: SQLAlchemy, *, owned_only: bool) -> list[Any]:
    models = [mapper.class_ for mapper in db.Model.registry.mappers if mapper.class_ is not RejectedWebhook]
    return [model for model in models if not owned_only or hasattr(model, "company_id")]


def _rows(db: SQLAlchemy, model: Any, company_id: str | None) -> list[str]:
    wanted = select(model).execution_options(populate_existing=True)
    rows = db.session.scalars(wanted.where(model.company_id == company_id) if company_id else wanted)
    names = [column.key for column in model.__mapper__.column_attrs]
    return sorted(repr({name: getattr(row, name) for name in names}) for row in rows)
