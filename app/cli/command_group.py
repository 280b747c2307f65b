"""Base classes of all commands: an error exits with 1 and one line in English, never with a traceback."""

from contextlib import nullcontext
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, ScriptInfo
from redis import RedisError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError as PoolTimeout

from app.core import settings
from app.core.connection_diagnosis import database_problem, redis_problem
from app.core.errors import AppError


class CommandErrorMixin(click.Command):
    """Turns every error into one line; LOG_LEVEL=DEBUG logs the traceback of our own faults."""

    def invoke(self, ctx: click.Context) -> Any:
        with nullcontext() if current_app else ctx.ensure_object(ScriptInfo).load_app().app_context():
            try:
                return super().invoke(ctx)
            except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
                raise
            except Exception as error:
                raise click.ClickException(_to_message(error)) from error


class CommandGroup(CommandErrorMixin, AppGroup):
    """A group of commands."""


class Command(CommandErrorMixin):
    """A command without subcommands."""


def _to_message(error: Exception) -> str:
    if isinstance(error, AppError):
        fields = error.data.get("fields")
        return " ".join([str(error.message) or error.code, *(fields.values() if isinstance(fields, dict) else ())])
    if isinstance(error, DBAPIError) and not isinstance(error.orig, UnicodeError):
        return database_problem(error, settings()).text
    if isinstance(error, PoolTimeout):
        return "DATABASE_POOL: all connections to the database are in use."
    if isinstance(error, RedisError):
        return redis_problem(error, settings()).text
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    if settings().log_level == "DEBUG":
        current_app.logger.exception("command.failed")
    # A database error quotes the statement's parameters, which may be personal data.
    details = "" if isinstance(error, SQLAlchemyError) else f": {str(error).strip().splitlines()[0][:200]}" if str(error).strip() else ""
    return f"This is a fault of ours: {type(error).__name__}{details} (LOG_LEVEL=DEBUG shows where)."
