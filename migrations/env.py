"""Runs the migrations on the application's own engine, each in a transaction where the database can."""

from alembic import context
from flask import current_app
from sqlalchemy import String
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect

from app.core import column_types

MARIADB = MariaDBDialect()
NAMED = {"ascii_bin": "AsciiString", "utf8mb4_nopad_bin": "CaseSensitiveString"}
database = current_app.extensions["migrate"].db


def no_search_parts(_object: object, name: str | None, _kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Full-text tables and indexes are made by hand in their migration, not from models."""
    return not (name or "").startswith(("call_search_texts_fts", "ft_"))


def in_our_words(kind: str, thing: object, _context: object) -> str | bool:
    """Column types are written with their names in core/column_types."""
    if kind != "type":
        return False
    collation = getattr(thing.dialect_impl(MARIADB), "collation", None) if isinstance(thing, String) else None
    if collation in NAMED:
        return f"column_types.{NAMED[collation]}({thing.length})"
    return next((f"column_types.{name}" for name in ("BigId", "LongText", "Blob", "Json") if thing is getattr(column_types, name)), False)


def no_empty_revision(_context: object, _revision: object, directives: list) -> None:
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
            include_object=no_search_parts,
            process_revision_directives=no_empty_revision,
            transaction_per_migration=True,
            user_module_prefix="column_types.",
            render_item=in_our_words,
            render_as_batch=False,
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()
