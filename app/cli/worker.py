"""flask worker, flask clock, flask inbox: the background processes."""

import signal
import threading

import click
from flask import current_app

from app.cli.command_group import Command, CommandGroup
from app.core import settings
from app.core.redis import RedisUnavailable
from app.core.start_check import check_connections
from app.core.transactions import transaction
from app.domain.inbox import replay as inbox_replay
from app.jobs import inbox as inbox_jobs

MAX_ID = 2**63 - 1


@click.command("worker", cls=Command)
@click.option("--burst", is_flag=True, help="End when all queues are empty.")
def worker(burst: bool) -> None:
    """Run the jobs of all queues."""
    from app.core.worker import work

    if not settings().redis_url:
        raise RedisUnavailable("No REDIS_URL is set.")
    check_connections(settings())
    work(current_app._get_current_object(), burst=burst)  # type: ignore[attr-defined]


@click.command("clock", cls=Command)
def clock() -> None:
    """Run the schedule."""
    from app.jobs.schedule import SCHEDULE
    from app.jobs.scheduler import run_forever

    check_connections(settings())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_forever(current_app._get_current_object(), SCHEDULE, stop)  # type: ignore[attr-defined]


inbox = CommandGroup("inbox", help="Webhook events that came in.")


@inbox.command("replay")
@click.argument("ids", nargs=-1, type=click.IntRange(1, MAX_ID), required=True)
def replay(ids: tuple[int, ...]) -> None:
    """Process events again."""
    with transaction():
        unknown = inbox_replay.find_unknown(ids)
        released = inbox_replay.replay(ids)
    if released:
        click.echo(f"{released} of {len(set(ids))} events will be worked through again.")
    if unknown:
        raise click.ClickException(f"There is no event {', '.join(map(str, unknown))}.")


@inbox.command("sweep")
def sweep() -> None:
    """Process all due events in this process."""
    click.echo(f"{inbox_jobs.drain()} events worked through.")
