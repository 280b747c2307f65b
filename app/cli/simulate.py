"""flask simulate: synthetic calls to a running server, each checked to be stored after it was accepted."""

import click

from app.cli.command_context import one_transaction, with_company
from app.cli.command_group import CommandGroup

simulate = CommandGroup("simulate", help="Calls without a telephone.")


@simulate.command("call")
@click.option("--scenario", "names", multiple=True, metavar="NAME", help="What happens in the call; several, or `all`. Default: booked.")
@click.option("--count", type=click.IntRange(1, 100_000), help="How many calls; the scenarios take turns.")
@click.option("--rate", type=click.FloatRange(0.01, 10_000), help="New calls per second. Default: as fast as it goes.")
@click.option("--to", "number", metavar="NUMBER", help="The business's number, for example +493023125100.")
@click.option("--url", help="The server. Default: the one that runs on this instance, PUBLIC_URL, or 127.0.0.1 at PORT.")
@click.option("--pace", type=click.FloatRange(0, 3600), help="Seconds that a call takes. Default: 10, with --count 0 (no pauses).")
@click.option("--api-key", help="Look the calls up with this key instead of the demo keys or the database.")
@click.option("--wait", "within_s", type=float, default=60, show_default=True, help="Seconds to wait until all calls are found again.")
@click.option("--list", "lists", is_flag=True, help="Name the scenarios.")
def call(
    names: tuple[str, ...],
    count: int | None,
    rate: float | None,
    number: str | None,
    url: str | None,
    pace: float | None,
    api_key: str | None,
    within_s: float,
    lists: bool,
) -> None:
    """Act as Retell: send complete, signed conversations to a running server and read them back.

    Exits with 1 when an accepted call is missing or a response was wrong.
    """
    from app.domain.operations.setup_checklist import list_missing_booking_steps
    from app.simulator.run_calls import RunOptions, make_calls, print_scenarios

    if lists:
        print_scenarios()
        return
    options = RunOptions(names=names, count=count, rate=rate, number=number, url=url, pace_s=pace, api_key=api_key, within_s=within_s)
    raise SystemExit(make_calls(options, list_missing_booking_steps))


@simulate.command("hide")
@with_company
def hide() -> None:
    """Remove the simulated calls of a business from its lists and figures, and cancel their bookings."""
    from app.domain.calls.simulated_calls import hide_simulated_calls

    with one_transaction():
        hidden = hide_simulated_calls()
    click.echo(f"{hidden.calls} calls hidden, {hidden.bookings} bookings cancelled, {hidden.tasks} tasks closed.")
