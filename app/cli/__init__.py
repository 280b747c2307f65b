"""The flask commands."""

from flask import Flask


def register(app: Flask) -> None:
    """Add all commands; imported here, so that only processes with a command line load them."""
    from app.cli import (
        api_keys,
        branches,
        calendar_feeds,
        calendars,
        companies,
        encryption_keys,
        line_check,
        migrations,
        phone_numbers,
        retell,
        seed,
        simulate,
        users,
        worker,
    )

    for command in (companies.companies, branches.branches, phone_numbers.numbers):
        app.cli.add_command(command)
    for command in (
        users.users,
        api_keys.api_keys,
        calendars.calendars,
        calendar_feeds.feeds,
        encryption_keys.keys,
        encryption_keys.encryption,
    ):
        app.cli.add_command(command)
    for command in (retell.retell, worker.worker, worker.clock, worker.inbox, simulate.simulate, seed.seed, line_check.line, migrations.db):
        app.cli.add_command(command)
