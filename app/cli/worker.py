"""flask worker, flask clock, flask inbox: the processes behind the web."""

import signal
import threading

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.core.transactions import transaction
from app.domain.inbox import replaying
from app.jobs import inbox as inbox_jobs


@click.command("worker")
@click.option("--burst", is_flag=True, help="End when all queues are empty.")
@with_appcontext
def worker(burst: bool) -> None:
    """Work through the jobs of all queues."""
    from app.core.worker import work

    work(current_app._get_current_object(), burst=burst)  # type: ignore[attr-defined]


@click.command("clock")
@with_appcontext
def clock() -> None:
    """Keep the schedule."""
    from app.jobs.schedule import SCHEDULE
    from app.jobs.ticker import run_for_ever

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_for_ever(current_app._get_current_object(), SCHEDULE, stop)  # type: ignore[attr-defined]


inbox = AppGroup("inbox", help="Webhook events that came in.")


@inbox.command("replay")
@click.argument("ids", nargs=-1, type=int, required=True)
def replay(ids: tuple[int, ...]) -> None:
    """Send events through again."""
    with transaction():
        released = replaying.replay(ids)
    click.echo(f"{released} of {len(ids)} events will be worked through again.")


@inbox.command("sweep")
def sweep() -> None:
    """Work through everything that is due, here and now."""
    click.echo(f"{inbox_jobs.drain()} events worked through.")
