"""flask db: the commands of flask-migrate, loaded only when called, because Alembic takes ten megabytes."""

from typing import Any

import click

from app.cli.command_group import CommandGroup


class MigrationCommand(click.Command):
    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        from flask_migrate import cli

        group = CommandGroup(self.name, help=self.help, callback=cli.db.callback, params=cli.db.params, commands=cli.db.commands)
        return group.make_context(info_name, args, parent, **extra)


db = MigrationCommand("db", help="Perform database migrations.")
