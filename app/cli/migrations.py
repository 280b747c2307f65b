"""flask db: the commands of flask-migrate, loaded when they are called, since Alembic weighs ten megabytes."""

from typing import Any

import click

from app.cli.base import Group


class Migrations(click.Command):
    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        from flask_migrate import cli

        group = Group(self.name, help=self.help, callback=cli.db.callback, params=cli.db.params, commands=cli.db.commands)
        return group.make_context(info_name, args, parent, **extra)


db = Migrations("db", help="Perform database migrations.")
