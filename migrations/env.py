"""Run the migrations on the application's engine, each in a transaction if the database supports it."""

from alembic import context
from flask import current_app
from sqlalchemy import String
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect

from app.core import column_types

MARIADB = MariaDBDialect()
NAMED = {"ascii_bin": "AsciiString", "utf8mb4_nopad_bin": "CaseSensitiveString"}
database = current_app.extensions["migrate"].db


def exclude_full_text(_object: object, name: str | None, _kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Exclude full-text tables and indexes, which their migration creates by hand."""
    return not (name or "").startswith(("call_search_texts_fts", "ft_"))


def render_column_type(kind: str, value: object, _context: object) -> str | bool:
    """Render column types by their names in core/column_types."""
    if kind != "type":
        return False
    collation = getattr(value.dialect_impl(MARIADB), "collation", None) if isinstance(value, String) else None
    if collation in NAMED:
        return f"column_types.{NAMED[collation]}({value.length})"
    return next((f"column_types.{name}" for name in ("BigId", "LongText", "Blob", "Json") if value is getattr(column_types, name)), False)


def skip_empty_revision(_context: object, _revision: object, directives: list) -> None:
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


if context.is_offline_mode():
    context.configure(url=str(database.engine.url), target_metadata=database.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with database.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.connection.driver_connection.wait_without_limit()
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_object=exclude_full_text,
            process_revision_directives=skip_empty_revision,
            transaction_per_migration=True,
            user_module_prefix="column_types.",
            render_item=render_column_type,
            render_as_batch=False,
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()
