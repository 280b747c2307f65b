"""The doors of cli; each module brings its own."""

from flask import Flask


def register(app: Flask) -> None:
    """Opens the doors of this room."""
    from app.cli import simulate, worker

    for command in (worker.worker, worker.clock, worker.inbox, simulate.simulate):
        app.cli.add_command(command)
