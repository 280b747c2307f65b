"""The doors of cli; each module brings its own."""

from flask import Flask


def register(app: Flask) -> None:
    """Opens the doors of this room."""
    from app.cli import (
        api_keys,
        branches,
        calendars,
        companies,
        encryption,
        feeds,
        line,
        migrations,
        numbers,
        retell,
        seed,
        simulate,
        users,
        worker,
    )

    for command in (companies.companies, branches.branches, numbers.numbers):
        app.cli.add_command(command)
    for command in (users.users, api_keys.api_keys, calendars.calendars, feeds.feeds, encryption.keys, encryption.encryption):
        app.cli.add_command(command)
    for command in (retell.retell, worker.worker, worker.clock, worker.inbox, simulate.simulate, seed.seed, line.line, migrations.db):
        app.cli.add_command(command)
